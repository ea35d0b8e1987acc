#define _GNU_SOURCE
#include "tessera_library.h"

#include "tessera.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local char message[4096];

void tessera_set_message(const char *sentence) {
    size_t length = strlen(sentence);
    if (length >= sizeof message) {
        length = sizeof message - 1;
        // Not in the middle of a character: bytes that continue one are 10xxxxxx in UTF-8.
        while (length > 0 && (sentence[length] & 0xC0) == 0x80) length--;
    }
    memcpy(message, sentence, length);
    message[length] = 0;
}

const char *tessera_message(void) { return message; }

char *tessera_library_path(char *buffer) {
    Dl_info found;
    if (dladdr((const void *)&tessera_library_path, &found) == 0) return NULL;
    return realpath(found.dli_fname, buffer);
}
