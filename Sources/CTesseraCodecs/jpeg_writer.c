#include "writing.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h>

struct writer {
    struct jpeg_compress_struct codec;
    struct jpeg_error_mgr errors;
    struct jpeg_destination_mgr destination;
    jmp_buf escape;
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    struct tessera_codec_result *result;
};

static _Noreturn void fail(j_common_ptr codec) {
    struct writer *writer = codec->client_data;
    writer->result->status = codec->err->msg_code == JERR_OUT_OF_MEMORY ? TESSERA_CODEC_NO_MEMORY
                                                                        : TESSERA_CODEC_DAMAGED;
    char text[JMSG_LENGTH_MAX];
    codec->err->format_message(codec, text);
    snprintf(writer->result->message, sizeof writer->result->message, "%.190s", text);
    longjmp(writer->escape, 1);
}

static void be_silent(j_common_ptr codec) { (void)codec; }

// libjpeg's own memory destination loses track of its buffer when an error interrupts it.
static boolean grow(j_compress_ptr codec) {
    struct writer *writer = codec->client_data;
    size_t capacity = writer->capacity * 2 + 65536;
    uint8_t *grown = realloc(writer->bytes, capacity);
    if (grown == NULL) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
    writer->destination.next_output_byte = grown + writer->capacity;
    writer->destination.free_in_buffer = capacity - writer->capacity;
    writer->bytes = grown;
    writer->capacity = capacity;
    return TRUE;
}

static void start(j_compress_ptr codec) { grow(codec); }

static void finish(j_compress_ptr codec) {
    struct writer *writer = codec->client_data;
    writer->count = writer->capacity - writer->destination.free_in_buffer;
}

static void write_image(
    struct writer *writer, struct tessera_pixel_layout layout, const uint8_t *colour,
    const struct tessera_jpeg_marker *markers, size_t marker_count, int quality,
    int halves_chroma) {
    struct jpeg_compress_struct *codec = &writer->codec;
    codec->image_width = layout.width;
    codec->image_height = layout.height;
    codec->input_components = layout.channels;
    codec->in_color_space = layout.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(codec);
    jpeg_set_quality(codec, quality, TRUE);
    codec->optimize_coding = TRUE;
    codec->comp_info[0].h_samp_factor = halves_chroma ? 2 : 1;
    codec->comp_info[0].v_samp_factor = halves_chroma ? 2 : 1;
    jpeg_start_compress(codec, TRUE);
    for (size_t i = 0; i < marker_count; i++) {
        jpeg_write_marker(codec, markers[i].code, markers[i].bytes, (unsigned)markers[i].count);
    }
    size_t row_bytes = (size_t)layout.width * (size_t)layout.channels;
    while (codec->next_scanline < codec->image_height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(colour + codec->next_scanline * row_bytes);
        jpeg_write_scanlines(codec, &row, 1);
    }
    jpeg_finish_compress(codec);
}

struct tessera_encoded tessera_jpeg_write(
    struct tessera_pixel_layout layout, const uint8_t *colour,
    const struct tessera_jpeg_marker *markers, size_t marker_count, int quality,
    int halves_chroma, struct tessera_codec_result *result) {
    struct writer *writer = begin_writing(sizeof *writer, result);
    if (writer == NULL) return (struct tessera_encoded){NULL, 0};
    writer->result = result;
    writer->codec.err = jpeg_std_error(&writer->errors);
    writer->codec.client_data = writer;
    writer->errors.error_exit = fail;
    writer->errors.output_message = be_silent;
    if (setjmp(writer->escape) == 0) {
        jpeg_create_compress(&writer->codec);
        writer->destination.init_destination = start;
        writer->destination.empty_output_buffer = grow;
        writer->destination.term_destination = finish;
        writer->codec.dest = &writer->destination;
        write_image(writer, layout, colour, markers, marker_count, quality, halves_chroma);
    }
    jpeg_destroy_compress(&writer->codec);
    struct tessera_encoded encoded = end_writing(writer->bytes, writer->count, result);
    free(writer);
    return encoded;
}
