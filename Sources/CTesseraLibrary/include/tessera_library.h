// What the library needs besides Swift: a message for each thread, and where it was loaded from.
#ifndef TESSERA_LIBRARY_H
#define TESSERA_LIBRARY_H

// Keeps a copy of a sentence, cut off at some thousand bytes, for tessera_message() on this thread.
void tessera_set_message(const char *sentence);

// Writes the absolute path of the file that this code was loaded from, without symbolic links.
// Returns `buffer`, which holds PATH_MAX bytes, or null if the system does not say.
char *tessera_library_path(char *buffer);

#endif
