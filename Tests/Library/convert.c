// A program in C on libtessera.so: pictures to tokens and back, and what wrong arguments get.
// usage: convert MODEL PICTURE TOKENS INPUT OUTPUT
// PICTURE is a binary PPM, TOKENS raw bytes to compare with, INPUT the same picture in a file that the
// library reads, OUTPUT a folder for its tokens.
//
// Four threads encode the picture at once, alone and twice in a batch with rows apart; all must find
// the tokens of the file, which the command wrote.
#include "tessera.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define require(condition)                                                                           \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            fprintf(stderr, "%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #condition,              \
                    tessera_message());                                                              \
            exit(1);                                                                                 \
        }                                                                                            \
    } while (0)

static tessera_model *model;
static tessera_pictures photo;
static uint16_t *expected;
static size_t tokenCount;

static void readPicture(const char *path) {
    FILE *file = fopen(path, "rb");
    require(file && fscanf(file, "P6 %zu %zu 255", &photo.width, &photo.height) == 2);
    fgetc(file);
    photo.count = 1;
    photo.byte_count = 3 * photo.width * photo.height;
    photo.bytes = malloc(photo.byte_count);
    require(fread(photo.bytes, 1, photo.byte_count, file) == photo.byte_count);
    fclose(file);
}

// One byte a token, as the shards of models of at most 256 codes have it.
static void readTokens(const char *path) {
    FILE *file = fopen(path, "rb");
    require(file);
    expected = malloc(tokenCount * sizeof *expected);
    for (size_t i = 0; i < tokenCount; i++) {
        const int byte = fgetc(file);
        require(byte != EOF);
        expected[i] = (uint16_t)byte;
    }
    require(fgetc(file) == EOF);
    fclose(file);
}

static void *encodeAlone(void *unused) {
    (void)unused;
    require(tessera_message()[0] == 0); // the failures so far are those of another thread
    uint16_t *tokens = malloc(tokenCount * sizeof *tokens);
    for (int round = 0; round < 3; round++) {
        memset(tokens, 0xFF, tokenCount * sizeof *tokens);
        require(tessera_encode(model, &photo, tokens, tokenCount) == TESSERA_OK);
        require(memcmp(tokens, expected, tokenCount * sizeof *tokens) == 0);
    }
    free(tokens);
    return NULL;
}

static void encodeBatch(void) {
    enum { count = 9, gap = 5 };
    const size_t row = 3 * photo.width;
    tessera_pictures batch = photo;
    batch.count = count;
    batch.row_stride = row + gap;
    batch.picture_stride = batch.row_stride * photo.height + 2 * gap;
    batch.byte_count = (count - 1) * batch.picture_stride + (photo.height - 1) * batch.row_stride + row;
    batch.bytes = malloc(batch.byte_count);
    for (size_t i = 0; i < count; i++)
        for (size_t y = 0; y < photo.height; y++)
            memcpy(batch.bytes + i * batch.picture_stride + y * batch.row_stride,
                   photo.bytes + y * row, row);
    uint16_t *tokens = malloc(count * tokenCount * sizeof *tokens);
    require(tessera_encode(model, &batch, tokens, count * tokenCount) == TESSERA_OK);
    for (size_t i = 0; i < count; i++)
        require(memcmp(tokens + i * tokenCount, expected, tokenCount * sizeof *tokens) == 0);
    batch.byte_count--;
    require(tessera_encode(model, &batch, tokens, count * tokenCount) == TESSERA_CAPACITY);
    free(tokens);
    free(batch.bytes);
}

static void decode(void) {
    tessera_pictures back = photo;
    back.bytes = malloc(back.byte_count);
    require(tessera_decode(model, expected, tokenCount, &back) == TESSERA_OK);
    double squares = 0;
    for (size_t i = 0; i < back.byte_count; i++) {
        const double difference = (double)back.bytes[i] - photo.bytes[i];
        squares += difference * difference;
    }
    // A tokenizer that ships is good for 20 dB on any photograph: a mean square of 650.
    require(squares / (double)back.byte_count < 650);
    require(tessera_decode(model, expected, tokenCount - 1, &back) == TESSERA_ARGUMENT);
    const uint16_t kept = expected[1];
    expected[1] = (uint16_t)tessera_vocabulary(model, 1);
    require(tessera_decode(model, expected, tokenCount, &back) == TESSERA_TOKEN);
    expected[1] = kept;
    free(back.bytes);
}

// Counts steps, and stops the call at the one that it is told.
typedef struct steps {
    size_t told, last;
} steps;

static int32_t count(void *context, size_t step, size_t stepCount) {
    steps *const counted = context;
    require(step <= stepCount);
    return ++counted->told >= counted->last;
}

static void restore(void) {
    const size_t factor = tessera_restored_factor("sr2");
    require(factor == 2 && tessera_restored_factor("sr3") == 0);
    tessera_pictures part = photo, large = photo;
    part.height = part.width = 32;
    part.row_stride = 3 * photo.width;
    large.height = large.width = factor * 32;
    large.byte_count = 3 * large.height * large.width;
    large.bytes = calloc(large.byte_count, 1);
    steps counted = {.last = SIZE_MAX};
    tessera_restoration options = {
        .sampling = {.seed = 1, .step_count = 2, .inner_step_count = 1, .step = count, .context = &counted}};
    require(tessera_restore(model, "sr2", &part, &large, &options) == TESSERA_OK);
    require(counted.told == 2 && large.bytes[large.byte_count / 2] != 0);
    require(tessera_restore(model, "sr4", &part, &large, &options) == TESSERA_ARGUMENT);
    counted = (steps){.last = 1};
    require(tessera_restore(model, "sr2", &part, &large, &options) == TESSERA_STOPPED);
    free(large.bytes);
}

// Without a model: a square is copied over, all else stays.
static void fill(void) {
    tessera_pictures copy = photo;
    copy.bytes = malloc(copy.byte_count);
    memcpy(copy.bytes, photo.bytes, copy.byte_count);
    const size_t pixels = copy.height * copy.width;
    uint8_t *holes = calloc(pixels, 1);
    for (size_t i = 0; i < pixels; i++) holes[i] = i / copy.width - 20 < 16 && i % copy.width - 24 < 16;
    steps counted = {.last = SIZE_MAX};
    tessera_filling options = {.sampling = {.seed = 1, .step = count, .context = &counted}};
    require(tessera_fill(&copy, holes, pixels, &options) == TESSERA_OK && counted.told > 1);
    size_t changed = 0;
    for (size_t i = 0; i < pixels; i++) {
        const int same = memcmp(copy.bytes + 3 * i, photo.bytes + 3 * i, 3) == 0;
        require(same || holes[i]);
        changed += !same;
    }
    require(changed > 100);
    counted = (steps){.last = 1};
    require(tessera_fill(&copy, holes, pixels, &options) == TESSERA_STOPPED);
    counted = (steps){.last = SIZE_MAX};
    memset(holes, 1, pixels);
    require(tessera_fill(&copy, holes, pixels, &options) == TESSERA_ARGUMENT);
    require(strstr(tessera_message(), "too little to copy from"));
    free(holes);
    free(copy.bytes);
}

static void generate(void) {
    tessera_pictures drawn = {.count = 2, .height = 64, .width = 64, .byte_count = 2 * 3 * 64 * 64};
    drawn.bytes = calloc(drawn.byte_count, 1);
    steps counted = {.last = 3};
    tessera_generation options = {.step_count = 2, .step = count, .context = &counted};
    require(tessera_generate(model, &drawn, &options) == TESSERA_STOPPED && counted.told == 3);
    require(drawn.bytes[3 * 64 * 32] != 0 && drawn.bytes[drawn.byte_count - 1] == 0);
    options.order = "backwards";
    require(tessera_generate(model, &drawn, &options) == TESSERA_ARGUMENT);
    free(drawn.bytes);
}

static void tokenize(const char *input, const char *output) {
    steps counted = {.last = 1};
    tessera_tokenizing options = {.step = count, .context = &counted};
    tessera_tokenized result;
    require(tessera_tokenize(model, &input, 1, output, &options, &result) == TESSERA_STOPPED);
    counted.last = SIZE_MAX;
    require(tessera_tokenize(model, &input, 1, output, &options, &result) == TESSERA_OK);
    require(result.done + result.skipped == 1 && result.failed == 0 && result.missing_shards == 0);
}

int main(int argc, char **argv) {
    require(argc == 6 && tessera_abi() == TESSERA_ABI);
    require(tessera_open("nowhere", 0, &model) == TESSERA_MODEL && model == NULL);
    require(strstr(tessera_message(), "'nowhere'"));
    require(tessera_open(argv[1], 2, &model) == TESSERA_OK && model);
    require(strlen(tessera_hash(model)) == 64 && strlen(tessera_name(model)) > 0);

    readPicture(argv[2]);
    size_t rows, columns;
    require(tessera_grid(model, photo.height, photo.width, &rows, &columns) == TESSERA_OK);
    tokenCount = rows * columns * tessera_slot_count(model);
    readTokens(argv[3]);

    pthread_t threads[4];
    for (int i = 0; i < 4; i++) require(pthread_create(&threads[i], NULL, encodeAlone, NULL) == 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    encodeBatch();
    decode();
    fill();
    tokenize(argv[4], argv[5]);
    if (tessera_has_prior(model)) {
        restore();
        generate();
    } else {
        require(tessera_generate(model, &photo, NULL) == TESSERA_MODEL);
    }
    tessera_close(model);
    printf("library: %s on %zu x %zu pixels, alone, in threads and in a batch: the command's tokens\n",
           argv[1], photo.width, photo.height);
    return 0;
}
