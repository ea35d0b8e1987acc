// The slow twin of every kernel: plain loops in the order of the formulas, to be read and compared
// with.
#include "../Levels/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference_multiply.h"

static void softmax(const float *x, float *y, ptrdiff_t rows, ptrdiff_t count) {
    for (ptrdiff_t row = 0; row < rows; row++, x += count, y += count) {
        float highest = -INFINITY, sum = 0;
        for (ptrdiff_t i = 0; i < count; i++) highest = fmaxf(highest, x[i]);
        for (ptrdiff_t i = 0; i < count; i++) sum += y[i] = expf(x[i] - highest);
        for (ptrdiff_t i = 0; i < count; i++) y[i] /= sum;
    }
}

static void softmaxPullback(const float *gradient, const float *y, float *result,
                            ptrdiff_t rows, ptrdiff_t count) {
    for (ptrdiff_t row = 0; row < rows; row++, gradient += count, y += count, result += count) {
        float sum = 0;
        for (ptrdiff_t i = 0; i < count; i++) sum += gradient[i] * y[i];
        for (ptrdiff_t i = 0; i < count; i++) result[i] = y[i] * (gradient[i] - sum);
    }
}

// Every factor goes through `read`, the weights after they have been divided by their sum.
static void attend(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last,
                   float (*read)(float)) {
    const ptrdiff_t width = job->headWidth, channels = job->headCount * width;
    const ptrdiff_t size = (job->queryCount + job->partCount - 1) / job->partCount;
    float *scores = malloc((size_t)job->length * sizeof(float));
    for (ptrdiff_t part = first; part < last; part++) {
        const ptrdiff_t unit = part / job->partCount, begin = part % job->partCount * size;
        const ptrdiff_t batch = unit / job->headCount, head = unit % job->headCount * width;
        const float *context = job->context + batch * job->length * 3 * channels + head;
        for (ptrdiff_t i = begin; i < begin + size && i < job->queryCount; i++) {
            const float *query = job->queries + (batch * job->queryCount + i) * 3 * channels + head;
            for (ptrdiff_t j = 0; j < job->length; j++) {
                scores[j] = 0;
                for (ptrdiff_t c = 0; c < width; c++)
                    scores[j] += read(query[c]) * read(context[j * 3 * channels + channels + c]);
                scores[j] *= job->scale;
            }
            softmax(scores, scores, 1, job->length);
            float *output = job->output + (batch * job->queryCount + i) * channels + head;
            for (ptrdiff_t c = 0; c < width; c++) {
                output[c] = 0;
                for (ptrdiff_t j = 0; j < job->length; j++)
                    output[c] +=
                        read(scores[j]) * read(context[j * 3 * channels + 2 * channels + c]);
            }
        }
    }
    free(scores);
}

static float asItIs(float x) { return x; }

static void attention(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last) {
    attend(job, first, last, asItIs);
}

static void attentionBfloat16(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last) {
    attend(job, first, last, roundedToBfloat16);
}

static void nearest(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row++) {
        float highest = -INFINITY;
        job->output[row] = 0;
        for (ptrdiff_t code = 0; code < job->codeCount; code++) {
            const float *panel = job->codes
                + code / TESSERA_PANEL * job->width * TESSERA_PANEL + code % TESSERA_PANEL;
            float score = job->offsets[code];
            for (ptrdiff_t c = 0; c < job->width; c++)
                score += job->input[row * job->width + c] * panel[c * TESSERA_PANEL];
            if (score > highest) {
                highest = score;
                job->output[row] = (int32_t)code;
            }
        }
    }
}

static void hamming(const TesseraHamming *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row++)
        for (ptrdiff_t code = 0; code < job->count; code++) {
            int32_t distance = 0;
            for (ptrdiff_t word = 0; word < job->wordCount; word++) {
                const uint64_t bits = job->codes[(code / 8 * job->wordCount + word) * 8 + code % 8];
                distance += __builtin_popcountll(bits ^ job->queries[row * job->wordCount + word]);
            }
            if (distance >= job->distances[row]) continue;
            job->distances[row] = distance;
            job->indices[row] = (int32_t)(job->firstIndex + code);
        }
}

static void patches(const TesseraPatches *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t i = first; i < last; i++) {
        float sum = 0, weights = 0;
        for (ptrdiff_t row = 0; row < job->rows; row++)
            for (ptrdiff_t x = 0; x < job->width; x++) {
                const ptrdiff_t place = row * job->width + x;
                const float difference
                    = job->patch[place] - job->image[job->starts[i] + row * job->imageStride + x];
                sum += job->weights[place] * difference * difference;
                weights += job->weights[place];
            }
        job->distances[i] = sum / weights;
    }
}

static float inverseRootMeanSquare(const float *x, float epsilon, ptrdiff_t count) {
    float squares = 0;
    for (ptrdiff_t i = 0; i < count; i++) squares += x[i] * x[i];
    return 1 / sqrtf(squares / (float)count + epsilon);
}

static void norm(const float *x, const float *gain, float epsilon, float *y,
                 ptrdiff_t rows, ptrdiff_t count) {
    for (ptrdiff_t row = 0; row < rows; row++, x += count, y += count) {
        const float scale = inverseRootMeanSquare(x, epsilon, count);
        for (ptrdiff_t i = 0; i < count; i++) y[i] = x[i] * scale * gain[i];
    }
}

static void positives(const float *x, uint16_t *bits, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) setBit(bits, i, x[i] > 0);
}

static void channelSums(const float *x, float *sums, ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t c = 0; c < 2 * channels; c++) sums[c] = 0;
    for (ptrdiff_t i = 0; i < positions * channels; i++) {
        sums[i % channels] += x[i];
        sums[channels + i % channels] += x[i] * x[i];
    }
}

static void channelMap(const TesseraChannelMap *map, const float *x, float *y,
                       ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t i = 0; i < positions * channels; i++)
        y[i] = activate(x[i] * map->scale[i % channels] + map->shift[i % channels],
                        map->activation);
}

// The gradient with respect to x scale + shift.
static float channelSlope(const TesseraChannelMap *map, float gradient, float x, ptrdiff_t c) {
    if (map->activation != TesseraActivationSilu) return gradient;
    const float u = x * map->scale[c] + map->shift[c], s = 1 / (1 + expf(-u));
    return gradient * (s + u * s * (1 - s));
}

static void channelSlopeSums(const TesseraChannelMap *map, const float *gradient, const float *x,
                             float *sums, ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t c = 0; c < 2 * channels; c++) sums[c] = 0;
    for (ptrdiff_t i = 0; i < positions * channels; i++) {
        const float slope = channelSlope(map, gradient[i], x[i], i % channels);
        sums[i % channels] += slope;
        sums[channels + i % channels] += slope * x[i];
    }
}

static void channelMapPullback(const TesseraChannelMap *map, const float *gradient, const float *x,
                               const float *coefficients, const float *residual, float *result,
                               ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t i = 0; i < positions * channels; i++) {
        const ptrdiff_t c = i % channels;
        result[i] = channelSlope(map, gradient[i], x[i], c) * coefficients[c]
            + x[i] * coefficients[channels + c] + coefficients[2 * channels + c]
            + (residual ? residual[i] : 0);
    }
}

// A statement for each operation, so that none is fused with another.
static void adam(const TesseraAdam *job, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float gradient = job->gradient[i], squared = gradient * gradient;
        const float meanStep = 0.1f * (gradient - job->means[i]);
        job->means[i] += meanStep;
        const float squareStep = 0.001f * (squared - job->squares[i]);
        job->squares[i] += squareStep;
        float step = job->rate * job->means[i];
        const float scaled = job->squares[i] * job->squareScale;
        if (job->isRooted) step /= sqrtf(scaled) + 1e-12f;
        job->values[i] -= step;
    }
}

const TesseraKernels tessera_reference_kernels = {
    .level = TesseraLevelReference,
    .multiply = multiply,
    .multiplyBfloat16 = multiplyBfloat16,
    .product = product,
    .productBfloat16 = productBfloat16,
    .productInt8 = productInt8,
    .productInt4 = productInt4,
    .roundBfloat16 = roundBfloat16,
    .roundInt8 = roundInt8,
    .attention = attention,
    .attentionBfloat16 = attentionBfloat16,
    .nearest = nearest,
    .hamming = hamming,
    .patches = patches,
    .norm = norm,
    .softmax = softmax,
    .softmaxPullback = softmaxPullback,
    .positives = positives,
    .adam = adam,
    .channelSums = channelSums,
    .channelMap = channelMap,
    .channelSlopeSums = channelSlopeSums,
    .channelMapPullback = channelMapPullback,
};
