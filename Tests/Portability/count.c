// Runs each main kernel of the AVX2 level once, at shapes of the shipped networks, between requests
// to callgrind to write down how many instructions it took: what Scripts/check-instructions counts.
// (Valgrind does not know AVX-512; the levels share their source.)
#include "tessera_kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <valgrind/callgrind.h>

static float *floats(ptrdiff_t count) {
    float *values = malloc((size_t)(count + 16) * sizeof(float));
    for (ptrdiff_t i = 0; i < count + 16; i++) values[i] = (float)(i % 17) / 8 - 1;
    return values;
}

#define COUNT(name, call)                        \
    do {                                         \
        CALLGRIND_ZERO_STATS;                    \
        call;                                    \
        CALLGRIND_DUMP_STATS_AT(name);           \
    } while (0)

static void count_correlations(const TesseraKernels *kernels) {
    const ptrdiff_t side = 32, channels = 64, positions = side * side;
    TesseraMultiply job = {
        .input = floats(positions * channels), .weights = NULL, .zeros = calloc(1024, sizeof(float)),
        .bias = floats(channels), .output = floats(positions * channels), .height = side,
        .width = side, .inputCount = channels, .outputHeight = side, .outputWidth = side,
        .outputCount = channels, .kernel = 3, .stride = 1, .spacing = 1,
        .activation = TesseraActivationRelu};
    float *weights = floats(channels * 9 * channels);
    float *packed = floats(tessera_packed_count(channels, 9, channels));
    tessera_pack(weights, packed, channels, 9, channels);
    job.weights = packed;
    COUNT("convolution/32x32x64-64/f32", kernels->multiply(&job, 0, positions));
    float *points = floats(tessera_winograd_count(channels, channels));
    tessera_pack_winograd(packed, points, channels, channels);
    job.weights = points;
    const TesseraBlock squares = {0, 64, 0, channels / TESSERA_PANEL};
    COUNT("winograd/32x32x64-64/f32", kernels->winograd(&job, squares));
    const ptrdiff_t pointCount = tessera_winograd_count(channels, channels);
    uint32_t *rounded = malloc((size_t)pointCount * sizeof *rounded);
    tessera_round_panels(points, rounded, pointCount);
    job.weights = rounded;
    COUNT("winograd/32x32x64-64/bf16", kernels->winogradBfloat16(&job, squares));
    tessera_round_panels(packed, rounded, tessera_packed_count(channels, 9, channels));
    job.outputHeight = job.outputWidth = side / 2, job.stride = 2;
    COUNT("convolution/32x32x64-64/2/bf16", kernels->multiplyBfloat16(&job, 0, positions / 4));
}

static void count_products(const TesseraKernels *kernels) {
    const ptrdiff_t rows = 128, inputs = 256, outputs = 256;
    float *weights = floats(outputs * inputs), *steps = floats(outputs);
    float *packed = floats(tessera_packed_count(outputs, 1, inputs));
    uint32_t *words = malloc((size_t)tessera_short_count(outputs, inputs, 2) * sizeof *words);
    int32_t *offsets = malloc((size_t)outputs * sizeof *offsets);
    TesseraMultiply job = {
        .input = floats(rows * inputs), .weights = packed, .weightSteps = steps,
        .weightOffsets = offsets, .zeros = calloc(1024, sizeof(float)),
        .output = floats(rows * outputs), .height = 1, .width = rows, .inputCount = inputs,
        .outputHeight = 1, .outputWidth = rows, .outputCount = outputs, .kernel = 1, .stride = 1,
        .spacing = 1, .activation = TesseraActivationGelu};
    const TesseraBlock block = {0, rows, 0, outputs / TESSERA_PANEL};
    tessera_pack(weights, packed, outputs, 1, inputs);
    COUNT("product/128x256x256/f32", kernels->product(&job, block));
    uint32_t *input = malloc((size_t)(rows * inputs / 2) * sizeof *input);
    float *inputSteps = floats(rows);
    job.weights = words, job.words = input, job.wordSteps = inputSteps;
    tessera_pack_bfloat16(weights, words, outputs, inputs);
    COUNT("round/128x256/bf16", kernels->roundBfloat16(job.input, input, rows, inputs));
    COUNT("product/128x256x256/bf16", kernels->productBfloat16(&job, block));
    tessera_pack_int8(weights, words, steps, offsets, outputs, inputs);
    COUNT("round/128x256/int8", kernels->roundInt8(job.input, input, inputSteps, rows, inputs));
    COUNT("product/128x256x256/int8", kernels->productInt8(&job, block));
    const ptrdiff_t groups = tessera_group_count(inputs);
    uint8_t *codes = calloc((size_t)(outputs * inputs / 2), 1);
    uint8_t *multipliers = calloc((size_t)(outputs * groups), 1);
    uint8_t *panels = malloc((size_t)(outputs * groups));
    tessera_pack_int4(codes, multipliers, words, panels, offsets, outputs, inputs);
    job.weightMultipliers = panels;
    COUNT("product/128x256x256/int4", kernels->productInt4(&job, block));
}

static void count_others(const TesseraKernels *kernels) {
    const ptrdiff_t length = 64, heads = 8, width = 32;
    const float *rows = floats(length * 3 * heads * width);
    const TesseraAttention attention = {
        .queries = rows, .context = rows, .output = floats(length * heads * width),
        .queryCount = length, .length = length, .headCount = heads, .headWidth = width,
        .partCount = 1, .scale = 0.2f};
    COUNT("attention/64x8x32/f32", kernels->attention(&attention, 0, heads));
    COUNT("attention/64x8x32/bf16", kernels->attentionBfloat16(&attention, 0, heads));
    const ptrdiff_t codes = 1024, depth = 8;
    float *book = floats(codes * depth), *packed = floats(tessera_packed_count(codes, 1, depth));
    tessera_pack(book, packed, codes, 1, depth);
    const TesseraNearest nearest = {
        .input = floats(64 * depth), .codes = packed, .offsets = floats(codes),
        .output = malloc(64 * sizeof(int32_t)), .width = depth, .codeCount = codes};
    COUNT("nearest/64x1024x8/f32", kernels->nearest(&nearest, 0, 64));
    const ptrdiff_t side = 64, pixels = side * side, starts[] = {0, 5, 1003, 2040, 4095};
    float distances[5];
    const TesseraPatches patches = {
        .patch = floats(11 * 64), .weights = floats(11 * 64), .image = floats(pixels * 5),
        .starts = starts, .distances = distances, .rows = 11, .width = 64, .imageStride = side * 5};
    COUNT("patches/11x64-5/f32", kernels->patches(&patches, 0, 5));
    float *x = floats(64 * 256), *y = floats(64 * 256), *gain = floats(256);
    COUNT("softmax/64x256/f32", kernels->softmax(x, y, 64, 256));
    COUNT("norm/64x256/f32", kernels->norm(x, gain, 1e-6f, y, 64, 256));
    const TesseraAdam adam = {
        .gradient = x, .values = y, .means = floats(64 * 256), .squares = calloc(64 * 256, sizeof(float)),
        .rate = 0.1f, .squareScale = 1, .isRooted = 1};
    COUNT("adam/64x256/f32", kernels->adam(&adam, 64 * 256));
    float *result = floats(64 * 256);
    COUNT("positives/64x256/f32", kernels->positives(x, (uint16_t *)result, 64 * 256));
}

int main(void) {
    const TesseraKernels *kernels = tessera_kernels(TesseraLevelAVX2);
    if (!kernels) {
        fputs("this processor has no AVX2\n", stderr);
        return 1;
    }
    count_correlations(kernels);
    count_products(kernels);
    count_others(kernels);
    return 0;
}
