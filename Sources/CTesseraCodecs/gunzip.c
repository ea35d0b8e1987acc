#include "tessera_codecs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { blockSize = 1 << 17 };

static int writeAll(int descriptor, const uint8_t *bytes, size_t count) {
    while (count > 0) {
        const ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno != EINTR) return errno;
        if (written > 0) bytes += written, count -= (size_t)written;
    }
    return 0;
}

// Copies what inflates from one block; `ended` tells whether a gzip member ends with it.
static int inflateBlock(z_stream *stream, int output, uint64_t *left, int *ended, int *code) {
    static _Thread_local uint8_t block[blockSize];
    do {
        // One gzip member may follow another.
        if (*ended && inflateReset(stream) != Z_OK) return TESSERA_CODEC_NO_MEMORY;
        *ended = 0;
        stream->next_out = block;
        stream->avail_out = blockSize;
        const int status = inflate(stream, Z_NO_FLUSH);
        if (status == Z_BUF_ERROR) return TESSERA_CODEC_OK; // All that was held back is out.
        if (status == Z_MEM_ERROR) return TESSERA_CODEC_NO_MEMORY;
        if (status != Z_OK && status != Z_STREAM_END) return TESSERA_CODEC_DAMAGED;
        const size_t count = blockSize - stream->avail_out;
        if (count > *left) return TESSERA_CODEC_TOO_LONG;
        *left -= count;
        if ((*code = writeAll(output, block, count)) != 0) return TESSERA_CODEC_REFUSED;
        *ended = status == Z_STREAM_END;
    } while (stream->avail_in > 0 || (stream->avail_out == 0 && !*ended));
    return TESSERA_CODEC_OK;
}

int tessera_copy(int input, int output, int unzips, uint64_t limit, int *code) {
    static _Thread_local uint8_t block[blockSize];
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (unzips && inflateInit2(&stream, 15 + 16) != Z_OK) return TESSERA_CODEC_NO_MEMORY;
    int status = TESSERA_CODEC_OK, ended = 1;
    while (status == TESSERA_CODEC_OK) {
        const ssize_t count = read(input, block, blockSize);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) *code = errno, status = TESSERA_CODEC_UNREADABLE;
        if (count <= 0) break;
        if (unzips) {
            stream.next_in = block;
            stream.avail_in = (uInt)count;
            status = inflateBlock(&stream, output, &limit, &ended, code);
        } else if ((uint64_t)count > limit) {
            status = TESSERA_CODEC_TOO_LONG;
        } else {
            limit -= (uint64_t)count;
            if ((*code = writeAll(output, block, (size_t)count)) != 0) status = TESSERA_CODEC_REFUSED;
        }
    }
    if (unzips) inflateEnd(&stream);
    return status == TESSERA_CODEC_OK && !ended ? TESSERA_CODEC_TRUNCATED : status;
}
