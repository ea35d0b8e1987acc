#include "tessera_codecs.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// The most memory libjpeg may take; it stores the coefficients of a progressive file, two bytes
// each, which for the largest picture admitted by default is half of this.
enum { memory_limit = 1 << 30 };

struct reader {
    struct jpeg_decompress_struct codec;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    int scan_limit;
    int ended_early;  // libjpeg met the end of the bytes and put an end marker there.
    uint8_t *row;
    struct tessera_codec_result *result;
};

static _Noreturn void fail(j_common_ptr codec) {
    struct reader *reader = codec->client_data;
    struct tessera_codec_result *result = reader->result;
    if (result->status == TESSERA_CODEC_OK) {
        int no_memory = codec->err->msg_code == JERR_OUT_OF_MEMORY;
        // An error after the end of the bytes is the end's doing: libjpeg reads a marker there.
        result->status = no_memory            ? TESSERA_CODEC_NO_MEMORY
                         : reader->ended_early ? TESSERA_CODEC_TRUNCATED
                                               : TESSERA_CODEC_DAMAGED;
        char text[JMSG_LENGTH_MAX];
        codec->err->format_message(codec, text);
        snprintf(result->message, sizeof result->message, "%.190s", text);
    }
    longjmp(reader->escape, 1);
}

static void be_silent(j_common_ptr codec) { (void)codec; }

// libjpeg fills what it cannot decode with gray and warns. Here that is an error, but not what
// costs no pixel: bytes between markers, an odd header version, an end that only lacks its marker.
static void judge_message(j_common_ptr codec, int level) {
    if (level >= 0) return;
    struct reader *reader = codec->client_data;
    switch (codec->err->msg_code) {
        case JWRN_JPEG_EOF:
            reader->ended_early = 1;
            return;
        case JWRN_EXTRANEOUS_DATA:
        case JWRN_JFIF_MAJOR:
        case JWRN_ADOBE_XFORM:
        case JWRN_TOO_MUCH_DATA:
        case JWRN_BOGUS_PROGRESSION:
            return;
        default:
            fail(codec);
    }
}

// A few kilobytes of empty scans can cost minutes, so they are counted.
static void count_scans(j_common_ptr codec) {
    struct reader *reader = codec->client_data;
    if (reader->codec.input_scan_number > reader->scan_limit) {
        reader->result->status = TESSERA_CODEC_TOO_MANY_SCANS;
        fail(codec);
    }
}

// Ink to light. Files hold the inverse of the ink, as Adobe began it: those without Adobe's marker too,
// as browsers and Pillow take them.
static void cmyk_to_rgb(const uint8_t *cmyk, uint8_t *rgb, size_t width) {
    for (size_t x = 0; x < width; x++) {
        unsigned key = cmyk[4 * x + 3];
        for (int c = 0; c < 3; c++) {
            rgb[3 * x + c] = (uint8_t)((cmyk[4 * x + c] * key + 127) / 255);
        }
    }
}

// Whether every component, and every bit of its coefficients, has come.
static int is_complete(struct jpeg_decompress_struct *codec, int ended_early) {
    for (int i = 0; i < codec->num_components; i++) {
        if (codec->comp_info[i].quant_table == NULL) return 0;
        if (!ended_early || codec->coef_bits == NULL) continue;
        for (int k = 0; k < DCTSIZE2; k++) {
            if (codec->coef_bits[i][k] != 0) return 0;
        }
    }
    return 1;
}

static void read_pixels(struct reader *reader, struct tessera_pixel_layout layout, uint8_t *pixels) {
    struct jpeg_decompress_struct *codec = &reader->codec;
    int is_cmyk = codec->num_components == 4;
    codec->out_color_space = is_cmyk ? JCS_CMYK : layout.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    codec->do_block_smoothing = FALSE;
    jpeg_start_decompress(codec);
    if (codec->output_width != layout.width || codec->output_height != layout.height
        || codec->output_components != (is_cmyk ? 4 : layout.channels)) {
        ERREXIT(codec, JERR_BAD_LENGTH);
    }
    if (is_cmyk) {
        reader->row = malloc((size_t)layout.width * 4);
        if (reader->row == NULL) ERREXIT1(codec, JERR_OUT_OF_MEMORY, 0);
    }
    size_t row_bytes = (size_t)layout.width * (size_t)layout.channels;
    while (codec->output_scanline < codec->output_height) {
        uint8_t *row = pixels + codec->output_scanline * row_bytes;
        JSAMPROW target = is_cmyk ? reader->row : row;
        jpeg_read_scanlines(codec, &target, 1);
        if (is_cmyk) cmyk_to_rgb(reader->row, row, layout.width);
    }
    if (!is_complete(codec, reader->ended_early)) {
        reader->result->status = TESSERA_CODEC_TRUNCATED;
        fail((j_common_ptr)codec);
    }
}

void tessera_jpeg_read(
    const uint8_t *bytes, size_t count, struct tessera_pixel_layout layout, int scan_limit,
    uint8_t *pixels, struct tessera_codec_result *result) {
    memset(result, 0, sizeof *result);
    // On the heap: locals that change after setjmp are lost by longjmp.
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        result->status = TESSERA_CODEC_NO_MEMORY;
        return;
    }
    reader->scan_limit = scan_limit;
    reader->result = result;
    reader->codec.err = jpeg_std_error(&reader->errors);
    reader->codec.client_data = reader;
    reader->errors.error_exit = fail;
    reader->errors.output_message = be_silent;
    reader->errors.emit_message = judge_message;
    reader->progress.progress_monitor = count_scans;
    if (setjmp(reader->escape) == 0) {
        jpeg_create_decompress(&reader->codec);
        reader->codec.progress = &reader->progress;
        reader->codec.mem->max_memory_to_use = memory_limit;
        jpeg_mem_src(&reader->codec, bytes, count);
        jpeg_read_header(&reader->codec, TRUE);
        read_pixels(reader, layout, pixels);
    }
    jpeg_destroy_decompress(&reader->codec);
    free(reader->row);
    free(reader);
}
