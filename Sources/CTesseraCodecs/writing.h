#ifndef TESSERA_WRITING_H
#define TESSERA_WRITING_H

#include "tessera_codecs.h"

#include <stdlib.h>
#include <string.h>

// How every writer begins and ends.

// Zeros for what a writer keeps, or NULL. On the heap: locals that change after setjmp are lost by
// longjmp.
static inline void *begin_writing(size_t size, struct tessera_codec_result *result) {
    memset(result, 0, sizeof *result);
    void *writer = calloc(1, size);
    if (writer == NULL) result->status = TESSERA_CODEC_NO_MEMORY;
    return writer;
}

// What was written, or nothing, and the bytes released, if something went wrong.
static inline struct tessera_encoded end_writing(
    uint8_t *bytes, size_t count, const struct tessera_codec_result *result) {
    if (result->status == TESSERA_CODEC_OK) return (struct tessera_encoded){bytes, count};
    free(bytes);
    return (struct tessera_encoded){NULL, 0};
}

#endif
