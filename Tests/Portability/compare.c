// Compares every kernel of a processor's levels with its slow twin, without Swift: what
// Scripts/check-portability builds for processors that this machine does not have. The tests of
// TesseraTensor hold the levels of this machine to more.
#include "tessera_kernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults, checks;

static float noise(void) {
    static uint32_t state = 1;
    state = state * 1664525u + 1013904223u;
    return (float)(state >> 8) / 8388608.0f - 1;
}

static float *random_floats(ptrdiff_t count) {
    float *values = malloc((size_t)(count + 16) * sizeof(float));
    for (ptrdiff_t i = 0; i < count + 16; i++) values[i] = noise();
    return values;
}

// Relative to the largest magnitude expected.
static void expect_within(const char *name, const float *got, const float *wanted, ptrdiff_t count,
                          float tolerance) {
    float scale = 1e-30f, worst = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        scale = fmaxf(scale, fabsf(wanted[i]));
        worst = fmaxf(worst, isfinite(got[i]) ? fabsf(got[i] - wanted[i]) : INFINITY);
    }
    checks++;
    if (worst <= tolerance * scale) return;
    faults++;
    printf("%s differs by %g of %g\n", name, (double)worst, (double)scale);
}

// The bound is the rounding of some hundred additions.
static void expect_close(const char *name, const float *got, const float *wanted, ptrdiff_t count) {
    expect_within(name, got, wanted, count, 300 * 1.2e-7f);
}

static void expect_bits(const char *name, const float *got, const float *wanted, ptrdiff_t count) {
    checks++;
    if (memcmp(got, wanted, (size_t)((count + 15) / 16 * 2))) faults++, printf("%s differ\n", name);
}

#include "layouts.h"

static void compare_multiply(const TesseraKernels *fast, const TesseraKernels *slow,
                             TesseraMultiply job) {
    const ptrdiff_t taps = job.kernel * job.kernel, images = 2;
    const ptrdiff_t positions = images * job.outputHeight * job.outputWidth;
    const ptrdiff_t count = positions * job.outputCount;
    float *weights = random_floats(job.outputCount * taps * job.inputCount);
    const ptrdiff_t packedCount = tessera_packed_count(job.outputCount, taps, job.inputCount);
    float *packed = random_floats(packedCount);
    tessera_pack(weights, packed, job.outputCount, taps, job.inputCount);
    float *input = random_floats(images * job.height * job.width * job.inputCount);
    float *zeros = calloc((size_t)job.inputCount + 16, sizeof(float));
    float *bias = random_floats(job.outputCount), *residual = random_floats(count);
    float *signs = random_floats(count), *mask = random_floats(count);
    float *gotBits = random_floats(count), *wantedBits = random_floats(count);
    float *got = random_floats(count), *wanted = random_floats(count);
    job.input = input, job.weights = packed, job.zeros = zeros;
    job.bias = bias, job.residual = residual, job.mask = (uint16_t *)mask;
    slow->positives(signs, (uint16_t *)mask, count);
    const int hasBits = job.outputCount % TESSERA_PANEL == 0;
    for (int activation = 0; activation < 4; activation++) {
        job.activation = (TesseraActivation)activation;
        job.output = wanted, job.positives = hasBits ? (uint16_t *)wantedBits : NULL;
        slow->multiply(&job, 0, positions);
        job.output = got, job.positives = hasBits ? (uint16_t *)gotBits : NULL;
        fast->multiply(&job, 0, positions);
        expect_close("multiply", got, wanted, count);
        // Of the level's own outputs, which rounding can put on the other side of 0.
        slow->positives(got, (uint16_t *)wantedBits, count);
        if (hasBits) expect_bits("positives of multiply", gotBits, wantedBits, count);
    }
    job.positives = NULL;
    if (job.spacing == 1 && job.inputCount % 2 == 0) {
        uint32_t *rounded = malloc((size_t)packedCount / 2 * sizeof *rounded);
        tessera_round_panels(packed, rounded, packedCount);
        job.weights = rounded;
        job.output = wanted;
        slow->multiplyBfloat16(&job, 0, positions);
        job.output = got;
        fast->multiplyBfloat16(&job, 0, positions);
        expect_close("multiplyBfloat16 of a convolution", got, wanted, count);
        free(rounded);
    }
    job.weights = packed;
    job.output = wanted;
    slow->multiply(&job, 0, positions);
    job.output = got;
    if (fast->winograd && job.kernel == 3 && job.stride == 1 && job.spacing == 1
        && job.inputCount % TESSERA_PANEL == 0) {
        float *points = random_floats(tessera_winograd_count(job.outputCount, job.inputCount));
        tessera_pack_winograd(packed, points, job.outputCount, job.inputCount);
        job.weights = points;
        const TesseraBlock all = {
            0, images * ((job.outputHeight + 3) / 4) * ((job.outputWidth + 3) / 4),
            0, (job.outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL};
        fast->winograd(&job, all);
        expect_close("winograd", got, wanted, count);
        uint32_t *halves = malloc(
            (size_t)tessera_winograd_count(job.outputCount, job.inputCount) * sizeof *halves);
        tessera_round_panels(
            points, halves, tessera_winograd_count(job.outputCount, job.inputCount));
        job.weights = halves;
        fast->winogradBfloat16(&job, all);
        // Factors are off by 2^-9; interpolation at the worst outputs makes ten times more of it.
        expect_within("winogradBfloat16", got, wanted, count, 0.03f);
        free(points), free(halves);
    }
    free(weights), free(packed), free(input), free(zeros), free(bias), free(residual), free(mask);
    free(signs), free(gotBits), free(wantedBits);
    free(got), free(wanted);
}

typedef void Product(const TesseraMultiply *job, TesseraBlock block);

// In two blocks, so that one begins at a later row and panel than the first.
static void compare_product(const char *name, Product *fast, Product *slow, TesseraMultiply job) {
    const ptrdiff_t count = job.width * job.outputCount;
    const ptrdiff_t panels = (job.outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
    float *got = random_floats(count), *wanted = random_floats(count);
    job.output = wanted;
    slow(&job, (TesseraBlock){0, job.width, 0, panels});
    job.output = got;
    fast(&job, (TesseraBlock){0, job.width, 0, panels / 2});
    fast(&job, (TesseraBlock){0, job.width / 3, panels / 2, panels});
    fast(&job, (TesseraBlock){job.width / 3, job.width, panels / 2, panels});
    expect_close(name, got, wanted, count);
    free(got), free(wanted);
}

static void expect_words(const char *name, const uint32_t *got, const uint32_t *wanted,
                         ptrdiff_t count) {
    checks++;
    if (memcmp(got, wanted, (size_t)count * sizeof *got)) faults++, printf("%s differs\n", name);
}

static void compare_products(const TesseraKernels *fast, const TesseraKernels *slow,
                             ptrdiff_t rows, ptrdiff_t inputs, ptrdiff_t outputs) {
    const ptrdiff_t padded = outputs + TESSERA_PANEL, wordCount = rows * ((inputs + 1) / 2);
    float *x = random_floats(rows * inputs), *matrix = random_floats(outputs * inputs);
    float *steps = random_floats(padded), *bias = random_floats(outputs);
    float *rowSteps = random_floats(rows), *wantedSteps = random_floats(rows);
    float *packed = random_floats(tessera_packed_count(outputs, 1, inputs));
    int32_t *offsets = malloc((size_t)padded * sizeof *offsets);
    uint32_t *weights = malloc((size_t)tessera_short_count(outputs, inputs, 2) * sizeof *weights);
    uint32_t *words = malloc((size_t)wordCount * sizeof *words);
    uint32_t *wantedWords = malloc((size_t)wordCount * sizeof *words);
    float *zeros = calloc((size_t)inputs + 16, sizeof(float));
    TesseraMultiply job = {
        .input = x, .words = words, .wordSteps = rowSteps, .weights = packed, .weightSteps = steps,
        .weightOffsets = offsets, .bias = bias, .zeros = zeros, .height = 1, .width = rows,
        .inputCount = inputs, .outputHeight = 1, .outputWidth = rows, .outputCount = outputs,
        .kernel = 1, .stride = 1, .spacing = 1};
    tessera_pack(matrix, packed, outputs, 1, inputs);
    compare_product("product", fast->product, slow->product, job);

    job.weights = weights;
    tessera_pack_bfloat16(matrix, weights, outputs, inputs);
    slow->roundBfloat16(x, wantedWords, rows, inputs);
    fast->roundBfloat16(x, words, rows, inputs);
    expect_words("roundBfloat16", words, wantedWords, wordCount);
    compare_product("productBfloat16", fast->productBfloat16, slow->productBfloat16, job);

    tessera_pack_int8(matrix, weights, steps, offsets, outputs, inputs);
    slow->roundInt8(x, wantedWords, wantedSteps, rows, inputs);
    fast->roundInt8(x, words, rowSteps, rows, inputs);
    expect_words("roundInt8", words, wantedWords, rows * ((inputs + 3) / 4));
    expect_close("steps of roundInt8", rowSteps, wantedSteps, rows);
    compare_product("productInt8", fast->productInt8, slow->productInt8, job);

    const ptrdiff_t groups = tessera_group_count(inputs), halves = (inputs + 1) / 2;
    uint8_t *codes = malloc((size_t)(outputs * halves));
    uint8_t *multipliers = malloc((size_t)(outputs * groups));
    uint8_t *panels = malloc((size_t)(padded * groups));
    for (ptrdiff_t i = 0; i < outputs * halves; i++) codes[i] = (uint8_t)(int)(128 + 127 * noise());
    for (ptrdiff_t i = 0; i < outputs * groups; i++)
        multipliers[i] = (uint8_t)(int)(8.5f + 7.4f * noise());
    uint32_t *nibbles = malloc((size_t)tessera_int4_count(outputs, inputs) * sizeof *nibbles);
    tessera_pack_int4(codes, multipliers, nibbles, panels, offsets, outputs, inputs);
    job.weights = nibbles, job.weightMultipliers = panels;
    compare_product("productInt4", fast->productInt4, slow->productInt4, job);
    free(codes), free(multipliers), free(panels), free(nibbles);
    free(x), free(matrix), free(steps), free(bias), free(rowSteps), free(wantedSteps), free(packed);
    free(offsets), free(weights), free(words), free(wantedWords), free(zeros);
}

static void compare_attention(const TesseraKernels *fast, const TesseraKernels *slow,
                              ptrdiff_t length, ptrdiff_t heads, ptrdiff_t width) {
    const ptrdiff_t batch = 2, queryCount = (length + 1) / 2, parts = 2;
    const ptrdiff_t count = batch * queryCount * heads * width;
    float *values = random_floats(3 * batch * length * heads * width);
    float *queries = random_floats(3 * count), *got = random_floats(count);
    float *wanted = random_floats(count);
    TesseraAttention job = {.queries = queries, .context = values, .queryCount = queryCount,
                            .length = length, .headCount = heads, .headWidth = width,
                            .partCount = parts, .scale = 1 / sqrtf((float)width)};
    job.output = wanted;
    slow->attention(&job, 0, batch * heads * parts);
    job.output = got;
    fast->attention(&job, 0, batch * heads * parts);
    expect_close("attention", got, wanted, count);
    job.output = wanted;
    slow->attentionBfloat16(&job, 0, batch * heads * parts);
    job.output = got;
    fast->attentionBfloat16(&job, 0, batch * heads * parts);
    // Weights are rounded before they are divided by their sum, and not after.
    expect_within("attentionBfloat16", got, wanted, count, 1.0f / 128);
    free(values), free(queries), free(got), free(wanted);
}

static void compare_nearest(const TesseraKernels *fast, const TesseraKernels *slow,
                            ptrdiff_t codes, ptrdiff_t width) {
    const ptrdiff_t rows = 37, padded = (codes + TESSERA_PANEL - 1) / TESSERA_PANEL * TESSERA_PANEL;
    float *table = random_floats(codes * width), *input = random_floats(rows * width);
    float *packed = random_floats(tessera_packed_count(codes, 1, width));
    tessera_pack(table, packed, codes, 1, width);
    float *offsets = random_floats(padded);
    for (ptrdiff_t code = codes; code < padded; code++) offsets[code] = -INFINITY;
    int32_t got[37], wanted[37];
    TesseraNearest job = {.input = input, .codes = packed, .offsets = offsets, .width = width,
                          .codeCount = codes};
    job.output = wanted;
    slow->nearest(&job, 0, rows);
    job.output = got;
    fast->nearest(&job, 0, rows);
    checks++;
    if (memcmp(got, wanted, sizeof got)) faults++, printf("nearest finds other codes\n");
    free(table), free(input), free(packed), free(offsets);
}

static void compare_hamming(const TesseraKernels *fast, const TesseraKernels *slow,
                            ptrdiff_t count, ptrdiff_t words) {
    enum { queries = 9 };
    uint64_t *codes = calloc((size_t)((count + 7) / 8 * 8 * words), 8), asked[queries * 16];
    for (ptrdiff_t i = 0; i < (count + 7) / 8 * 8 * words; i++)
        codes[i] = (uint64_t)(int64_t)(noise() * 0x1p62f) * 0x9E3779B97F4A7C15u;
    for (ptrdiff_t i = 0; i < queries * words; i++)
        asked[i] = (uint64_t)(int64_t)(noise() * 0x1p62f) * 0x9E3779B97F4A7C15u;
    int32_t found[2][2][queries];
    for (int level = 0; level < 2; level++) {
        for (int i = 0; i < queries; i++) found[level][0][i] = 1 << 20, found[level][1][i] = -1;
        const TesseraHamming job = {
            .codes = codes, .queries = asked, .distances = found[level][0],
            .indices = found[level][1], .count = count, .wordCount = words, .firstIndex = 5};
        (level ? fast : slow)->hamming(&job, 0, queries);
    }
    checks++;
    if (memcmp(found[0], found[1], sizeof found[0])) faults++, printf("hamming finds other codes\n");
    free(codes);
}

static void compare_patches(const TesseraKernels *fast, const TesseraKernels *slow,
                            ptrdiff_t rows, ptrdiff_t width, ptrdiff_t count) {
    const ptrdiff_t stride = width + 5;
    float *patch = random_floats(rows * width), *weights = random_floats(rows * width);
    for (ptrdiff_t i = 0; i < rows * width; i++)
        weights[i] = i % width < width - 3 ? fabsf(weights[i]) : 0;
    float *image = random_floats((rows + 3) * stride + width);
    float *got = random_floats(count), *wanted = random_floats(count);
    ptrdiff_t *starts = malloc((size_t)count * sizeof *starts);
    for (ptrdiff_t i = 0; i < count; i++) starts[i] = i * 37 % (3 * stride);
    TesseraPatches job = {patch, weights, image, starts, wanted, rows, width, stride};
    slow->patches(&job, 0, count);
    job.distances = got;
    fast->patches(&job, 0, count / 2);
    fast->patches(&job, count / 2, count);
    expect_close("patches", got, wanted, count);
    free(patch), free(weights), free(image), free(got), free(wanted), free(starts);
}

static void compare_rows(const TesseraKernels *fast, const TesseraKernels *slow,
                         ptrdiff_t rows, ptrdiff_t width) {
    const ptrdiff_t count = rows * width;
    float *x = random_floats(count), *gradient = random_floats(count), *gain = random_floats(width);
    float *got = random_floats(count), *wanted = random_floats(count);
    slow->norm(x, gain, 1e-6f, wanted, rows, width);
    fast->norm(x, gain, 1e-6f, got, rows, width);
    expect_close("norm", got, wanted, count);
    slow->positives(x, (uint16_t *)wanted, count);
    fast->positives(x, (uint16_t *)got, count);
    expect_bits("positives", got, wanted, count);
    slow->softmax(x, wanted, rows, width);
    fast->softmax(x, got, rows, width);
    expect_close("softmax", got, wanted, count);
    float *slope = random_floats(count), *slowSlope = random_floats(count);
    slow->softmaxPullback(gradient, wanted, slowSlope, rows, width);
    fast->softmaxPullback(gradient, wanted, slope, rows, width);
    expect_close("softmaxPullback", slope, slowSlope, count);
    free(x), free(gradient), free(gain), free(got), free(wanted), free(slope), free(slowSlope);
}

static void compare_adam(const TesseraKernels *fast, const TesseraKernels *slow, ptrdiff_t count) {
    float *gradient = random_floats(count), *state[2][3];
    for (int rooted = 0; rooted < 2; rooted++) {
        for (int i = 0; i < 3; i++) {
            state[0][i] = random_floats(count), state[1][i] = random_floats(count);
            for (ptrdiff_t j = 0; j < count; j++)
                state[0][i][j] = state[1][i][j] = i == 2 ? fabsf(state[0][i][j]) : state[0][i][j];
        }
        for (int level = 0; level < 2; level++) {
            const TesseraAdam job = {
                .gradient = gradient, .values = state[level][0], .means = state[level][1],
                .squares = state[level][2], .rate = 0.3f, .squareScale = 1.7f, .isRooted = rooted};
            (level ? fast : slow)->adam(&job, count);
        }
        for (int i = 0; i < 3; i++) {
            checks++;
            if (memcmp(state[0][i], state[1][i], (size_t)count * sizeof(float)))
                faults++, printf("adam gives other bits\n");
            free(state[0][i]), free(state[1][i]);
        }
    }
    free(gradient);
}

static void compare_channels(const TesseraKernels *fast, const TesseraKernels *slow,
                             ptrdiff_t positions, ptrdiff_t channels) {
    const ptrdiff_t count = positions * channels;
    float *x = random_floats(count), *gradient = random_floats(count);
    float *coefficients = random_floats(3 * channels), *got = random_floats(count + 2 * channels);
    float *wanted = random_floats(count + 2 * channels);
    TesseraChannelMap map = {.scale = coefficients, .shift = coefficients + channels};
    slow->channelSums(x, wanted, positions, channels);
    fast->channelSums(x, got, positions, channels);
    expect_close("channelSums", got, wanted, 2 * channels);
    for (int silu = 0; silu < 2; silu++) {
        map.activation = silu ? TesseraActivationSilu : TesseraActivationNone;
        slow->channelMap(&map, x, wanted, positions, channels);
        fast->channelMap(&map, x, got, positions, channels);
        expect_close("channelMap", got, wanted, count);
        slow->channelSlopeSums(&map, gradient, x, wanted, positions, channels);
        fast->channelSlopeSums(&map, gradient, x, got, positions, channels);
        expect_close("channelSlopeSums", got, wanted, 2 * channels);
        const float *residual = silu ? x : NULL;
        slow->channelMapPullback(
            &map, gradient, x, coefficients, residual, wanted, positions, channels);
        fast->channelMapPullback(
            &map, gradient, x, coefficients, residual, got, positions, channels);
        expect_close("channelMapPullback", got, wanted, count);
    }
    free(x), free(gradient), free(coefficients), free(got), free(wanted);
}

int main(void) {
    const TesseraKernels *slow = tessera_kernels(TesseraLevelReference);
    int levels = 0;
    for (int level = TesseraLevelScalar; level <= TesseraLevelAVX512Dot; level++) {
        const TesseraKernels *fast = tessera_kernels((TesseraLevel)level);
        if (!fast) continue;
        levels++;
        const ptrdiff_t shapes[][4] = {
            {1, 1, 3, 5}, {3, 17, 12, 32}, {9, 24, 32, 12}, {17, 13, 16, 48}, {4, 19, 32, 16}};
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            for (ptrdiff_t kernel = 1; kernel <= 3; kernel += 2)
                for (ptrdiff_t stride = 1; stride <= 2; stride++) {
                    const ptrdiff_t *s = shapes[i];
                    TesseraMultiply job = {
                        .height = s[0], .width = s[1], .inputCount = s[2], .outputCount = s[3],
                        .outputHeight = (s[0] + stride - 1) / stride,
                        .outputWidth = (s[1] + stride - 1) / stride,
                        .kernel = kernel, .stride = stride, .spacing = 1};
                    compare_multiply(fast, slow, job);
                    if (stride == 1) {  // The pullback of stride 2.
                        job.spacing = 2, job.outputHeight = 2 * s[0], job.outputWidth = 2 * s[1];
                        compare_multiply(fast, slow, job);
                    }
                }
        for (ptrdiff_t inputs = 1; inputs < 70; inputs += 17) {
            compare_products(fast, slow, 1, inputs, 5);
            compare_products(fast, slow, 71, inputs, 81);
            compare_channels(fast, slow, 23, inputs);
            compare_adam(fast, slow, inputs);
        }
        compare_layouts(fast, 8, 16);
        compare_layouts(fast, 5, 7);
        compare_attention(fast, slow, 7, 3, 16);
        compare_attention(fast, slow, 33, 2, 32);
        compare_attention(fast, slow, 530, 1, 16);
        compare_nearest(fast, slow, 3, 5);
        compare_nearest(fast, slow, 256, 4);
        compare_hamming(fast, slow, 0, 1);
        compare_hamming(fast, slow, 13, 3);
        compare_hamming(fast, slow, 64, 9);
        for (ptrdiff_t count = 1; count < 10; count++)
            compare_patches(fast, slow, 12 - count, count % 2 ? 64 : 16, count);
        // From 3: the pullback of a norm of one value is nothing but rounding.
        for (ptrdiff_t width = 3; width < 70; width += 17) compare_rows(fast, slow, 5, width);
    }
    printf("portability: %d levels, %d checks, %d faults\n", levels, checks, faults);
    return faults || levels < 2;
}
