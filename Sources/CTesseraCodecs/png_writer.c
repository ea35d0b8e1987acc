#include "writing.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// What must be released however writing ends.
struct writer {
    png_structp png;
    png_infop info;
    uint8_t *row;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    struct tessera_codec_result *result;
};

static void fail(png_structp png, png_const_charp message) {
    struct writer *writer = png_get_error_ptr(png);
    if (writer->result->status == TESSERA_CODEC_OK) {
        writer->result->status = TESSERA_CODEC_DAMAGED;
        strncpy(writer->result->message, message, sizeof writer->result->message - 1);
    }
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void append(png_structp png, png_bytep bytes, size_t count) {
    struct writer *writer = png_get_io_ptr(png);
    if (count > writer->capacity - writer->count) {
        size_t capacity = writer->capacity + writer->capacity / 2 + count + 4096;
        uint8_t *grown = realloc(writer->bytes, capacity);
        if (grown == NULL) {
            writer->result->status = TESSERA_CODEC_NO_MEMORY;
            png_error(png, "no memory");
        }
        writer->bytes = grown;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->count, bytes, count);
    writer->count += count;
}

static void flush(png_structp png) { (void)png; }

static void interleave(
    uint8_t *row, const uint8_t *colour, const uint8_t *alpha, size_t width, size_t colour_bytes,
    size_t alpha_bytes) {
    for (size_t x = 0; x < width; x++) {
        memcpy(row, colour + x * colour_bytes, colour_bytes);
        memcpy(row + colour_bytes, alpha + x * alpha_bytes, alpha_bytes);
        row += colour_bytes + alpha_bytes;
    }
}

static void write_header(
    struct writer *writer, struct tessera_pixel_layout layout, int has_alpha,
    const struct tessera_png_chunk *chunks, size_t chunk_count) {
    int type = layout.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
    if (has_alpha) type |= PNG_COLOR_MASK_ALPHA;
    png_set_IHDR(
        writer->png, writer->info, layout.width, layout.height, layout.bits, type,
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(writer->png, writer->info);
    for (size_t i = 0; i < chunk_count; i++) {
        png_write_chunk(writer->png, chunks[i].name, chunks[i].bytes, chunks[i].count);
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (layout.bits == 16) png_set_swap(writer->png);
#endif
}

static void write_rows(
    struct writer *writer, struct tessera_pixel_layout layout, const uint8_t *colour,
    const uint8_t *alpha) {
    size_t alpha_bytes = (size_t)layout.bits / 8;
    size_t colour_bytes = alpha_bytes * (size_t)layout.channels;
    for (size_t y = 0; y < layout.height; y++) {
        const uint8_t *row = colour + y * layout.width * colour_bytes;
        if (alpha != NULL) {
            const uint8_t *alpha_row = alpha + y * layout.width * alpha_bytes;
            interleave(writer->row, row, alpha_row, layout.width, colour_bytes, alpha_bytes);
            row = writer->row;
        }
        png_write_row(writer->png, row);
    }
    png_write_end(writer->png, NULL);
}

struct tessera_encoded tessera_png_write(
    struct tessera_pixel_layout layout, const uint8_t *colour, const uint8_t *alpha,
    const struct tessera_png_chunk *chunks, size_t chunk_count, int compression_level,
    struct tessera_codec_result *result) {
    struct writer *writer = begin_writing(sizeof *writer, result);
    if (writer == NULL) return (struct tessera_encoded){NULL, 0};
    writer->result = result;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, fail, ignore_warning);
    if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
    writer->row = malloc((size_t)layout.width * 8 + 1);
    if (writer->info == NULL || writer->row == NULL) {
        result->status = TESSERA_CODEC_NO_MEMORY;
    } else if (setjmp(png_jmpbuf(writer->png)) == 0) {
        png_set_write_fn(writer->png, writer, append, flush);
        // The caller's limits are the ones that count; libpng's own is a million a side.
        png_set_user_limits(writer->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
        png_set_compression_level(writer->png, compression_level);
        write_header(writer, layout, alpha != NULL, chunks, chunk_count);
        write_rows(writer, layout, colour, alpha);
    }
    if (writer->png != NULL) png_destroy_write_struct(&writer->png, &writer->info);
    struct tessera_encoded encoded = end_writing(writer->bytes, writer->count, result);
    free(writer->row);
    free(writer);
    return encoded;
}
