#ifndef TESSERA_FILES_H
#define TESSERA_FILES_H

// Temporary files that must not outlive the process.
//
// A list that a signal handler may walk: nodes are never freed, every field that changes is atomic,
// and removing takes no lock and allocates nothing.

/// Remembers a path until it is forgotten; returns its node, or NULL without memory.
void *tessera_temporary_remember(const char *path);

/// Forgets a path that was renamed or unlinked.
void tessera_temporary_forget(void *node);

/// Unlinks every remembered path. May be called from a signal handler.
void tessera_temporaries_remove(void);

#endif
