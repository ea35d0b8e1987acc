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

// The line, or the pixel of a line, that is the i-th of a square's inputs, if all are there: where each
// stands for two, a square begins with the second.
INLINE ptrdiff_t placeOf(int i, const int isRepeated) { return isRepeated ? (i + 1) / 2 : i; }

// Evaluates sixteen channels of 6 x 6 pixels, whose lines and pixels are so many floats apart, at all
// points; a point's values are `plane` words after those of the one before.
INLINE void evaluateChannels(const float *pixels, ptrdiff_t line, ptrdiff_t pixel, void *values,
                             ptrdiff_t plane, const int isShort, const int isRepeated) {
    ALIGNED Lanes columns[points];
    UNROLL
    for (int x = 0; x < 6; x++) {
        ALIGNED Lanes column[6];
        UNROLL
        for (int y = 0; y < 6; y++)
            column[y] = load(pixels + placeOf(y, isRepeated) * line + placeOf(x, isRepeated) * pixel);
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

// How an image that a convolution sees lies in memory: where the pixel at (y, x) begins, and from there
// the channel c.
typedef struct {
    const float *image;
    ptrdiff_t line, pixel, depth, shuffledLine;
    int isRepeated, isUnshuffled;
} Source;

INLINE Source sourceOf(const TesseraMultiply *job, ptrdiff_t image) {
    const ptrdiff_t count = job->height * job->width * job->inputCount;
    const int isRepeated = job->inputLayout == TesseraInputRepeated;
    const int isUnshuffled = job->inputLayout == TesseraInputUnshuffled;
    const ptrdiff_t line = job->width * job->inputCount;
    return (Source){
        .image = job->input + (isRepeated ? image * count / 4 : image * count),
        .line = isRepeated ? line / 2 : line, .depth = job->inputCount,
        .pixel = isUnshuffled ? job->inputCount / 2 : job->inputCount, .shuffledLine = line / 2,
        .isRepeated = isRepeated, .isUnshuffled = isUnshuffled};
}

INLINE const float *pixelOf(const Source *source, ptrdiff_t y, ptrdiff_t x) {
    return source->image + (y >> source->isRepeated) * source->line
        + (x >> source->isRepeated) * source->pixel;
}

INLINE ptrdiff_t channelOf(const Source *source, ptrdiff_t c) {
    if (!source->isUnshuffled) return c;
    const ptrdiff_t depth = source->depth / 4, quarter = c / depth;
    return quarter / 2 * source->shuffledLine + quarter % 2 * depth + c % depth;
}

// Evaluates the inputs of a square at all points.
INLINE void evaluateSquare(const TesseraMultiply *job, Square square, float *values,
                           const int isShort, const int isRepeated) {
    const ptrdiff_t depth = job->inputCount, plane = valuePlane(depth, isShort);
    const ptrdiff_t top = square.y - 1, left = square.x - 1;
    const Source source = sourceOf(job, square.image);
    if (top >= 0 && left >= 0 && top + 6 <= job->height && left + 6 <= job->width) {
        const float *first = pixelOf(&source, top, left);
        for (ptrdiff_t c = 0; c < depth; c += lanes) {
            const float *corner = first + channelOf(&source, c);
            // The pixels that the next square to the right has and this one has not.
            UNROLL
            for (int y = 0; y <= placeOf(5, isRepeated); y++)
                for (int x = placeOf(6, isRepeated); x <= placeOf(9, isRepeated); x++)
                    __builtin_prefetch(corner + y * source.line + x * source.pixel);
            evaluateChannels(corner, source.line, source.pixel,
                             isShort ? (void *)((uint16_t *)values + c) : values + c, plane,
                             isShort, isRepeated);
        }
        return;
    }
    const float *sources[points];
    for (ptrdiff_t i = 0; i < points; i++) {
        const ptrdiff_t y = top + i / 6, x = left + i % 6;
        const int isThere = y >= 0 && x >= 0 && y < job->height && x < job->width;
        sources[i] = isThere ? pixelOf(&source, y, x) : NULL;
    }
    for (ptrdiff_t c = 0; c < depth; c += lanes) {
        ALIGNED float pixels[points * 16];
        const ptrdiff_t channel = channelOf(&source, c);
        for (int i = 0; i < points; i++)
            store(pixels + i * lanes, sources[i] ? load(sources[i] + channel) : splat(0));
        evaluateChannels(pixels, 6 * lanes, lanes,
                         isShort ? (void *)((uint16_t *)values + c) : values + c, plane, isShort,
                         0);
    }
}

// Whether outputs are written past the caches: 8 MB and more, which other layers drive out before they
// are read, in whole lines.
INLINE int isStreamed(const TesseraMultiply *job) {
    return job->outputHeight * job->outputWidth * job->outputCount >= 1 << 21
        && job->outputCount % lanes == 0 && (uintptr_t)job->output % 64 == 0;
}

// Where sixteen outputs of a square's first pixel begin, and how far those of its lines and pixels are.
typedef struct {
    ptrdiff_t first, line, pixel;
} Target;

INLINE Target targetOf(const OutputGroup *group, Square square, ptrdiff_t j) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t width = job->outputWidth, depth = job->outputCount, c = group->firstOutput + j;
    const ptrdiff_t line = square.image * job->outputHeight + square.y;
    if (job->outputLayout != TesseraOutputShuffled)
        return (Target){(line * width + square.x) * depth + c, width * depth, depth};
    const ptrdiff_t quarter = c / (depth / 4);
    return (Target){
        ((2 * line + quarter / 2) * 2 * width + 2 * square.x + quarter % 2) * (depth / 4)
            + c % (depth / 4),
        width * depth, depth / 2};
}

// What finishLanes does, for the four outputs of a square's line and whole vectors: every question is
// asked once. The outputs are left in x.
INLINE void finishLine(const OutputGroup *group, Lanes *x, ptrdiff_t first, ptrdiff_t pixel,
                       ptrdiff_t j) {
    const TesseraMultiply *job = group->job;
    const Lanes bias = load(group->bias + j);
    UNROLL
    for (int i = 0; i < 4; i++) x[i] += bias;
    if (job->residual) {
        UNROLL
        for (int i = 0; i < 4; i++) x[i] += load(job->residual + first + i * pixel);
    }
    if (job->activation != TesseraActivationNone) {
        UNROLL
        for (int i = 0; i < 4; i++) x[i] = activated(x[i], job->activation);
    }
    if (job->mask) {
        UNROLL
        for (int i = 0; i < 4; i++)
            x[i] = choose(lanesOf(bitsFrom(job->mask, first + i * pixel)), x[i], splat(0));
    }
    if (job->positives) {
        UNROLL
        for (int i = 0; i < 4; i++)
            job->positives[(first + i * pixel) / lanes] = bitsOf(x[i] > splat(0));
    }
    float *output = job->output + first;
    if (isStreamed(job)) {
        UNROLL
        for (int i = 0; i < 4; i++) stream(output + i * pixel, x[i]);
    } else {
        UNROLL
        for (int i = 0; i < 4; i++) store(output + i * pixel, x[i]);
    }
}

// Stores the sums of 2 x 2 of the outputs of two of a square's lines, and nothing else.
INLINE void storePooled(const OutputGroup *group, Square square, ptrdiff_t line, const Lanes *x,
                        ptrdiff_t j) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t height = job->outputHeight / 2, width = job->outputWidth / 2;
    const ptrdiff_t row = (square.y + line) / 2;
    UNROLL
    for (int i = 0; i < 2; i++) {
        const ptrdiff_t column = square.x / 2 + i;
        if (row >= height || column >= width) continue;
        const ptrdiff_t pixel = (square.image * height + row) * width + column;
        storeUpTo(job->output + pixel * job->outputCount + group->firstOutput + j,
                  (x[2 * i] + x[2 * i + 1]) + (x[4 + 2 * i] + x[5 + 2 * i]), group->outputs - j);
    }
}

// Adds outputs of a square to the sums of the squares that are summed together, whose first begins.
INLINE void addSums(const OutputGroup *group, ptrdiff_t square, ptrdiff_t j, Lanes sum,
                    Lanes squares) {
    const ptrdiff_t depth = group->job->outputCount, count = group->outputs - j;
    float *sums = group->job->sums
        + square / TESSERA_SUMMED_SQUARES * 2 * depth + group->firstOutput + j;
    if (square % TESSERA_SUMMED_SQUARES > 0) {
        sum += loadUpTo(sums, count);
        squares += loadUpTo(sums + depth, count);
    }
    storeUpTo(sums, sum, count);
    storeUpTo(sums + depth, squares, count);
}

// Interpolates and finishes the outputs of a square, from its products at all points.
static void finishSquare(const OutputGroup *group, ptrdiff_t number, const float *products) {
    const TesseraMultiply *job = group->job;
    const Square square = squareAt(job, number);
    const ptrdiff_t rows = job->outputHeight - square.y, columns = job->outputWidth - square.x;
    for (ptrdiff_t j = 0; j < group->outputs; j += lanes) {
        const Target target = targetOf(group, square, j);
        const int isWhole = rows >= 4 && columns >= 4 && group->outputs - j >= lanes;
        if (isWhole && job->residual) {
            UNROLL
            for (int i = 0; i < 16; i++)
                __builtin_prefetch(job->residual + target.first + i / 4 * target.line
                                   + i % 4 * target.pixel);
        }
        ALIGNED Lanes half[24];
        UNROLL
        for (int x = 0; x < 6; x++) {
            ALIGNED Lanes column[6];
            UNROLL
            for (int y = 0; y < 6; y++) column[y] = load(products + (y * 6 + x) * productPlane + j);
            interpolate(column, 1, half + x, 6);
        }
        if (job->outputLayout == TesseraOutputPooled) {
            UNROLL
            for (int y = 0; y < 4; y += 2) {
                ALIGNED Lanes lines[8];
                interpolate(half + y * 6, 1, lines, 1);
                interpolate(half + y * 6 + 6, 1, lines + 4, 1);
                storePooled(group, square, y, lines, j);
            }
            continue;
        }
        Lanes sum = splat(0), squares = splat(0);
        for (ptrdiff_t y = 0; y < 4 && y < rows; y++) {
            ALIGNED Lanes line[4];
            const ptrdiff_t first = target.first + y * target.line;
            interpolate(half + y * 6, 1, line, 1);
            if (isWhole) {
                finishLine(group, line, first, target.pixel, j);
            } else {
                UNROLL
                for (int x = 0; x < 4; x++)
                    line[x] = x < columns
                        ? finishLanes(group, line[x], first + x * target.pixel - j, j)
                        : splat(0);
            }
            if (!job->sums) continue;
            UNROLL
            for (int x = 0; x < 4; x++) {
                sum += line[x];
                squares += line[x] * line[x];
            }
        }
        if (job->sums) addSums(group, number, j, sum, squares);
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
        for (ptrdiff_t i = 0; i < count; i++) {
            const Square square = squareAt(job, block + i);
            if (job->inputLayout == TesseraInputRepeated)
                evaluateSquare(job, square, values + i * words, isShort, 1);
            else
                evaluateSquare(job, square, values + i * words, isShort, 0);
        }
        OutputGroup group;
        for (ptrdiff_t panel = part.firstPanel; panel < part.lastPanel; panel += group.panels) {
            group = outputGroup(job, panel, part.lastPanel, points * words * lanes);
            multiplySquares(&group, values, products, count, isShort);
            for (ptrdiff_t i = 0; i < count; i++)
                finishSquare(&group, block + i, products + i * tileColumns);
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
