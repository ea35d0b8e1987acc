#include "tessera_codecs.h"

#include <zlib.h>

long tessera_inflate(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    uLongf size = capacity;
    if (uncompress(output, &size, bytes, count) != Z_OK) return -1;
    return (long)size;
}

long tessera_deflate(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    uLongf size = capacity;
    if (compress2(output, &size, bytes, count, Z_DEFAULT_COMPRESSION) != Z_OK) return -1;
    return (long)size;
}

size_t tessera_deflate_bound(size_t count) { return compressBound(count); }

uint32_t tessera_crc32(const uint8_t *bytes, size_t count) {
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, count);
}
