#include "tessera_codecs.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// The most memory for one ancillary chunk. Only tRNS and PLTE are kept, and they are tiny; libpng
// skips the others without storing them.
enum { chunk_byte_limit = 1 << 20 };

struct tessera_png_reader {
    png_structp png;
    png_infop info;
    const uint8_t *bytes;
    size_t count;
    size_t offset;
    struct tessera_codec_result *result;
};

static void fail(png_structp png, png_const_charp message) {
    struct tessera_png_reader *reader = png_get_error_ptr(png);
    if (reader->result->status == TESSERA_CODEC_OK) {
        reader->result->status = TESSERA_CODEC_DAMAGED;
        strncpy(reader->result->message, message, sizeof reader->result->message - 1);
    }
    png_longjmp(png, 1);
}

// libpng only warns about a wrong checksum at the very end of the pixels, when all rows are out.
// Data beyond the last row, or beyond the stream, is harmless; all else that it says of IDAT is
// damage.
static void warn(png_structp png, png_const_charp message) {
    if (strncmp(message, "IDAT:", 5) != 0) return;
    if (strstr(message, "Extra compressed data") || strstr(message, "Too much image data")) return;
    fail(png, message);
}

static void read_bytes(png_structp png, png_bytep output, size_t count) {
    struct tessera_png_reader *reader = png_get_io_ptr(png);
    if (count > reader->count - reader->offset) {
        reader->result->status = TESSERA_CODEC_TRUNCATED;
        png_error(png, "truncated");
    }
    memcpy(output, reader->bytes + reader->offset, count);
    reader->offset += count;
}

static void set_transformations(struct tessera_png_reader *reader) {
    png_structp png = reader->png;
    // Palettes become RGB, few bits become 8, transparency becomes a channel.
    png_set_expand(png);
    png_set_interlace_handling(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png);
#endif
    png_read_update_info(png, reader->info);
}

struct tessera_png_reader *tessera_png_open(
    const uint8_t *bytes, size_t count, uint32_t side_limit, struct tessera_pixel_layout *layout,
    struct tessera_codec_result *result) {
    memset(result, 0, sizeof *result);
    struct tessera_png_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        result->status = TESSERA_CODEC_NO_MEMORY;
        return NULL;
    }
    reader->bytes = bytes;
    reader->count = count;
    reader->result = result;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, warn);
    if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
    if (reader->info == NULL) {
        result->status = TESSERA_CODEC_NO_MEMORY;
        tessera_png_close(reader);
        return NULL;
    }
    if (setjmp(png_jmpbuf(reader->png))) {
        tessera_png_close(reader);
        return NULL;
    }
    png_set_user_limits(reader->png, side_limit, side_limit);
    png_set_chunk_malloc_max(reader->png, chunk_byte_limit);
    // A negative count covers the known chunks too, all but those that pixels depend on.
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_read_fn(reader->png, reader, read_bytes);
    png_read_info(reader->png, reader->info);
    set_transformations(reader);
    layout->width = png_get_image_width(reader->png, reader->info);
    layout->height = png_get_image_height(reader->png, reader->info);
    layout->channels = png_get_channels(reader->png, reader->info);
    layout->bits = png_get_bit_depth(reader->png, reader->info);
    return reader;
}

void tessera_png_read(
    struct tessera_png_reader *reader, uint8_t *pixels, struct tessera_codec_result *result) {
    memset(result, 0, sizeof *result);
    reader->result = result;
    if (setjmp(png_jmpbuf(reader->png))) return;
    size_t height = png_get_image_height(reader->png, reader->info);
    size_t row_bytes = png_get_rowbytes(reader->png, reader->info);
    int pass_count = png_get_interlace_type(reader->png, reader->info) == PNG_INTERLACE_NONE ? 1 : 7;
    for (int pass = 0; pass < pass_count; pass++) {
        for (size_t row = 0; row < height; row++) {
            png_read_row(reader->png, pixels + row * row_bytes, NULL);
        }
    }
    // Nothing is read after the last row: a missing end chunk costs no pixel.
}

void tessera_png_close(struct tessera_png_reader *reader) {
    if (reader->png != NULL) png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader);
}
