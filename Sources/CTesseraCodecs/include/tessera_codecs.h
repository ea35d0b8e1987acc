#ifndef TESSERA_CODECS_H
#define TESSERA_CODECS_H

#include <stddef.h>
#include <stdint.h>

// PNG and JPEG pixels through libpng and libjpeg-turbo.
//
// Both libraries leave their functions by longjmp when a file is bad. That must not pass through
// Swift, so every function here catches it and returns a status. Headers, limits and metadata are
// Swift's work: nothing here reads a profile, a text or an orientation.

enum tessera_codec_status {
    TESSERA_CODEC_OK = 0,
    TESSERA_CODEC_DAMAGED = 1,         // The library's own words are in `message`.
    TESSERA_CODEC_TRUNCATED = 2,       // The bytes end before the pixels are complete.
    TESSERA_CODEC_NO_MEMORY = 3,
    TESSERA_CODEC_TOO_MANY_SCANS = 4,
    TESSERA_CODEC_TOO_LONG = 5,    // More bytes than the limit.
    TESSERA_CODEC_UNREADABLE = 6,  // The system refused to read.
    TESSERA_CODEC_REFUSED = 7,     // The system refused to write.
};

struct tessera_codec_result {
    int status;
    char message[200];
};

/// The shape of decoded pixels: rows without gaps, channels interleaved, samples of 8 or 16 bits in
/// the machine's byte order.
struct tessera_pixel_layout {
    uint32_t width;
    uint32_t height;
    int channels;  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha.
    int bits;      // 8 or 16.
};

// MARK: PNG

struct tessera_png_reader;

/// Reads what comes before the pixels. `bytes` must outlive the reader. NULL unless all is well.
struct tessera_png_reader *tessera_png_open(
    const uint8_t *bytes, size_t count, uint32_t side_limit, struct tessera_pixel_layout *layout,
    struct tessera_codec_result *result);

/// Reads the pixels into a buffer of height * width * channels * bits / 8 bytes.
void tessera_png_read(
    struct tessera_png_reader *reader, uint8_t *pixels, struct tessera_codec_result *result);

void tessera_png_close(struct tessera_png_reader *reader);

/// An ancillary chunk, written between the header and the pixels.
struct tessera_png_chunk {
    uint8_t name[5];
    const uint8_t *bytes;
    size_t count;
};

/// What an encoder made; `bytes` is NULL if it failed, and otherwise belongs to the caller.
struct tessera_encoded {
    uint8_t *bytes;
    size_t count;
};

/// Writes a PNG. `layout.channels` counts colours only; `alpha` may be NULL.
struct tessera_encoded tessera_png_write(
    struct tessera_pixel_layout layout, const uint8_t *colour, const uint8_t *alpha,
    const struct tessera_png_chunk *chunks, size_t chunk_count, int compression_level,
    struct tessera_codec_result *result);

// MARK: JPEG

/// Decodes a JPEG to 8-bit gray or RGB; CMYK and YCCK become RGB. The buffer must have
/// height * width * channels bytes, and the layout must be that of the file's frame header.
void tessera_jpeg_read(
    const uint8_t *bytes, size_t count, struct tessera_pixel_layout layout, int scan_limit,
    uint8_t *pixels, struct tessera_codec_result *result);

/// A marker segment, written after the JFIF header.
struct tessera_jpeg_marker {
    int code;  // 0xE0...0xEF or 0xFE.
    const uint8_t *bytes;
    size_t count;  // At most 65533.
};

/// Writes a JPEG from 8-bit gray or RGB.
struct tessera_encoded tessera_jpeg_write(
    struct tessera_pixel_layout layout, const uint8_t *colour,
    const struct tessera_jpeg_marker *markers, size_t marker_count, int quality,
    int halves_chroma, struct tessera_codec_result *result);

// MARK: Compressed metadata

/// Inflates a zlib stream into a buffer; returns the size, or -1 if the stream is damaged or longer.
long tessera_inflate(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity);

/// Deflates into a buffer of tessera_deflate_bound(count) bytes; returns the size, or -1.
long tessera_deflate(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity);
size_t tessera_deflate_bound(size_t count);

/// Copies what is left of one descriptor to another, inflating gzip members on the way if asked, at
/// most `limit` bytes. What was copied before a fault stays. Returns a status; `code` is the errno of
/// a refusal.
int tessera_copy(int input, int output, int unzips, uint64_t limit, int *code);

/// The CRC-32 of PNG chunks.
uint32_t tessera_crc32(const uint8_t *bytes, size_t count);

#endif
