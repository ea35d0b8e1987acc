#ifndef TESSERA_FILES_H
#define TESSERA_FILES_H

#include <stdint.h>

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

// Locks on ranges of bytes of an open file, past its end too. They belong to the opened file and not
// to the process, so that two openings in one process exclude each other as well; the system lets go
// when the file is closed, however the process ends.

/// Locks a range against everybody else, at once or when it is free. Returns 0 or errno.
int tessera_lock(int descriptor, int64_t start, int64_t count, int waits);

/// Lets go of a range. Returns 0 or errno.
int tessera_unlock(int descriptor, int64_t start, int64_t count);

/// Whether somebody else has locked a byte of a range.
int tessera_is_locked(int descriptor, int64_t start, int64_t count);

#endif
