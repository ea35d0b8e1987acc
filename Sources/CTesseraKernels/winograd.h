// 3 x 3 convolution of stride 1 with a quarter of the multiplications: each square of 6 x 6 inputs
// and each filter are evaluated at 36 points, multiplied there, and 4 x 4 outputs interpolated. At
// each point the product over channels is a matrix product, with squares for rows. It may be one of
// bf16, of whose words everything here that is called short is made.
#include "points.h"

enum { points = 36, squaresAtOnce = 32 };

// From the values at a point to those at the next, in words: one vector more than they need, for a
// power of two would put all points of a channel into one set of the cache.
INLINE ptrdiff_t valuePlane(ptrdiff_t depth, const int isShort) {
    return squaresAtOnce * (isShort ? depth / 2 : depth) + lanes;
}
// The same for products.
enum { productPlane = (squaresAtOnce + tileRows) * tileColumns };

// Six values of a polynomial's coefficients to its values at the points.
INLINE void evaluate(const Lanes *d, int step, Lanes *v, int to) {
    const Lanes a2 = splat(POINT_A2), b2 = splat(POINT_B2), both = splat(POINT_A2 + POINT_B2);
    const Lanes evenA = d[4 * step] - b2 * d[2 * step], oddA = d[3 * step] - b2 * d[step];
    const Lanes evenB = d[4 * step] - a2 * d[2 * step], oddB = d[3 * step] - a2 * d[step];
    v[0] = (splat(POINT_A2 * POINT_B2) * d[0] + d[4 * step]) - both * d[2 * step];
    v[to] = evenA + splat(POINT_A) * oddA;
    v[2 * to] = evenA - splat(POINT_A) * oddA;
    v[3 * to] = evenB + splat(POINT_B) * oddB;
    v[4 * to] = evenB - splat(POINT_B) * oddB;
    v[5 * to] = (splat(POINT_A2 * POINT_B2) * d[step] + d[5 * step]) - both * d[3 * step];
}

// Products at the six points to four outputs.
INLINE void interpolate(const Lanes *v, int step, Lanes *y, int to) {
    const Lanes evenA = v[step] + v[2 * step], oddA = v[step] - v[2 * step];
    const Lanes evenB = v[3 * step] + v[4 * step], oddB = v[3 * step] - v[4 * step];
    y[0] = v[0] + evenA + evenB;
    y[to] = splat(POINT_A) * oddA + splat(POINT_B) * oddB;
    y[2 * to] = splat(POINT_A2) * evenA + splat(POINT_B2) * evenB;
    y[3 * to] = (splat(POINT_A * POINT_A2) * oddA + v[5 * step])
        + splat(POINT_B * POINT_B2) * oddB;
}

// Where a square of outputs begins.
typedef struct {
    ptrdiff_t image, y, x;
} Square;

INLINE Square squareAt(const TesseraMultiply *job, ptrdiff_t index) {
    const ptrdiff_t across = (job->outputWidth + 3) / 4, down = (job->outputHeight + 3) / 4;
    return (Square){index / (across * down), index / across % down * 4, index % across * 4};
}

// Evaluates sixteen channels of 6 x 6 pixels, whose lines and pixels are so many floats apart, at all
// points; a point's values are `plane` words after those of the one before.
INLINE void evaluateChannels(const float *pixels, ptrdiff_t line, ptrdiff_t pixel, void *values,
                             ptrdiff_t plane, const int isShort) {
    ALIGNED Lanes columns[points];
    UNROLL
    for (int x = 0; x < 6; x++) {
        ALIGNED Lanes column[6];
        UNROLL
        for (int y = 0; y < 6; y++) column[y] = load(pixels + y * line + x * pixel);
        evaluate(column, 1, columns + x, 6);
    }
    UNROLL
    for (int y = 0; y < 6; y++) {
        ALIGNED Lanes row[6];
        evaluate(columns + y * 6, 1, row, 1);
        UNROLL
        for (int x = 0; x < 6; x++) {
            float *target = (float *)values + (y * 6 + x) * plane;
            if (isShort)
                storeHalves((uint16_t *)target, row[x]);
            else
                store(target, row[x]);
        }
    }
}

// Evaluates the inputs of a square at all points.
INLINE void evaluateSquare(const TesseraMultiply *job, Square square, float *values,
                           const int isShort) {
    const ptrdiff_t depth = job->inputCount, plane = valuePlane(depth, isShort);
    const float *image = job->input + square.image * job->height * job->width * depth;
    const ptrdiff_t top = square.y - 1, left = square.x - 1, line = job->width * depth;
    if (top >= 0 && left >= 0 && top + 6 <= job->height && left + 6 <= job->width) {
        const float *corner = image + top * line + left * depth;
        for (ptrdiff_t c = 0; c < depth; c += lanes) {
            // The pixels that the next square to the right has and this one has not.
            UNROLL
            for (int y = 0; y < 6; y++)
                for (int x = 6; x < 10; x++) __builtin_prefetch(corner + y * line + x * depth + c);
            evaluateChannels(corner + c, line, depth,
                             isShort ? (void *)((uint16_t *)values + c) : values + c, plane,
                             isShort);
        }
        return;
    }
    const float *sources[points];
    for (ptrdiff_t i = 0; i < points; i++) {
        const ptrdiff_t y = top + i / 6, x = left + i % 6;
        const int isThere = y >= 0 && x >= 0 && y < job->height && x < job->width;
        sources[i] = isThere ? image + y * line + x * depth : job->zeros;
    }
    for (ptrdiff_t c = 0; c < depth; c += lanes) {
        ALIGNED float pixels[points * 16];
        for (int i = 0; i < points; i++) store(pixels + i * lanes, load(sources[i] + c));
        evaluateChannels(pixels, 6 * lanes, lanes,
                         isShort ? (void *)((uint16_t *)values + c) : values + c, plane, isShort);
    }
}

// Whether outputs are written past the caches: 8 MB and more, which other layers drive out before they
// are read, in whole lines.
INLINE int isStreamed(const TesseraMultiply *job) {
    return job->outputHeight * job->outputWidth * job->outputCount >= 1 << 21
        && job->outputCount % lanes == 0 && (uintptr_t)job->output % 64 == 0;
}

// What finishLanes does, for all 4 x 4 outputs of a square and whole vectors: every question is asked
// once.
INLINE void finishWhole(const OutputGroup *group, Lanes *x, ptrdiff_t index, ptrdiff_t j) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t pixel = job->outputCount, line = job->outputWidth * pixel;
    const Lanes bias = load(group->bias + j);
    UNROLL
    for (int i = 0; i < 16; i++) x[i] += bias;
    if (job->residual) {
        const float *residual = job->residual + index;
        UNROLL
        for (int i = 0; i < 16; i++) x[i] += load(residual + i / 4 * line + i % 4 * pixel);
    }
    if (job->activation != TesseraActivationNone) {
        UNROLL
        for (int i = 0; i < 16; i++) x[i] = activated(x[i], job->activation);
    }
    if (job->mask) {
        const float *mask = job->mask + index;
        UNROLL
        for (int i = 0; i < 16; i++)
            x[i] = choose(load(mask + i / 4 * line + i % 4 * pixel) > splat(0), x[i], splat(0));
    }
    float *output = job->output + index;
    if (isStreamed(job)) {
        UNROLL
        for (int i = 0; i < 16; i++) stream(output + i / 4 * line + i % 4 * pixel, x[i]);
    } else {
        UNROLL
        for (int i = 0; i < 16; i++) store(output + i / 4 * line + i % 4 * pixel, x[i]);
    }
}

// Interpolates and stores the outputs of a square, from its products at all points.
static void finishSquare(const OutputGroup *group, Square square, const float *products) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t rows = job->outputHeight - square.y, columns = job->outputWidth - square.x;
    const ptrdiff_t depth = job->outputCount, corner =
        (square.image * job->outputHeight + square.y) * job->outputWidth + square.x;
    for (ptrdiff_t j = 0; j < group->outputs; j += lanes) {
        ALIGNED Lanes half[24], outputs[16];
        UNROLL
        for (int x = 0; x < 6; x++) {
            ALIGNED Lanes column[6];
            UNROLL
            for (int y = 0; y < 6; y++) column[y] = load(products + (y * 6 + x) * productPlane + j);
            interpolate(column, 1, half + x, 6);
        }
        UNROLL
        for (int y = 0; y < 4; y++) interpolate(half + y * 6, 1, outputs + y * 4, 1);
        const ptrdiff_t index = corner * depth + group->firstOutput;
        if (rows >= 4 && columns >= 4 && group->outputs - j >= lanes) {
            finishWhole(group, outputs, index + j, j);
            continue;
        }
        for (ptrdiff_t y = 0; y < 4 && y < rows; y++)
            for (ptrdiff_t x = 0; x < 4 && x < columns; x++)
                finishLanes(group, outputs[y * 4 + x], index + (y * job->outputWidth + x) * depth,
                            j);
    }
}

// At every point: squares times the group's weights.
INLINE void multiplySquares(const OutputGroup *group, const float *values, float *products,
                            ptrdiff_t count, const int isShort) {
    const ptrdiff_t words = isShort ? group->job->inputCount / 2 : group->job->inputCount;
    const ptrdiff_t plane = valuePlane(group->job->inputCount, isShort);
    for (ptrdiff_t point = 0; point < points; point++)
        for (ptrdiff_t first = 0; first < count; first += tileRows) {
            const float *weights = group->weights + point * words * lanes;
            float *target = products + point * productPlane + first * tileColumns;
            const float *sources[TILE_ROWS];
            ShortOperands pairs = {
                .runCount = 1, .wordCount = words, .weights = (const uint32_t *)weights,
                .panelStride = points * words * lanes};
            for (ptrdiff_t i = 0; i < tileRows; i++) {
                const float *source = values + point * plane
                    + (first + i < count ? first + i : count - 1) * words;
                if (isShort)
                    pairs.rows[i] = (const uint32_t *)source;
                else
                    sources[i] = source;
            }
            if (isShort) {
                pairTiles[group->panels - 1](&pairs, target);
            } else {
                const TileOperands operands = {
                    .sources = sources, .tapCount = 1, .depth = words, .weights = weights,
                    .panelStride = points * words * lanes};
                computeTile(&operands, group->panels, target);
            }
        }
}

INLINE void convolveSquares(const TesseraMultiply *job, TesseraBlock part, const int isShort) {
    const ptrdiff_t words = isShort ? job->inputCount / 2 : job->inputCount;
    const ptrdiff_t valueCount = points * valuePlane(job->inputCount, isShort);
    float *values = tessera_scratch((size_t)(valueCount + points * productPlane) * sizeof(float));
    float *products = values + valueCount;
    for (ptrdiff_t block = part.first; block < part.last; block += squaresAtOnce) {
        const ptrdiff_t left = part.last - block, count = left < squaresAtOnce ? left : squaresAtOnce;
        for (ptrdiff_t i = 0; i < count; i++)
            evaluateSquare(job, squareAt(job, block + i), values + i * words, isShort);
        OutputGroup group;
        for (ptrdiff_t panel = part.firstPanel; panel < part.lastPanel; panel += group.panels) {
            group = outputGroup(job, panel, part.lastPanel, points * words * lanes);
            multiplySquares(&group, values, products, count, isShort);
            for (ptrdiff_t i = 0; i < count; i++)
                finishSquare(&group, squareAt(job, block + i), products + i * tileColumns);
        }
    }
    if (isStreamed(job)) orderStreams();
}

static void winograd(const TesseraMultiply *job, TesseraBlock part) {
    convolveSquares(job, part, 0);
}

static void winogradBfloat16(const TesseraMultiply *job, TesseraBlock part) {
    convolveSquares(job, part, 1);
}
