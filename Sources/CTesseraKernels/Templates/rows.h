// Functions of rows and of single numbers. Sums run over lanes first and then across them.
#include <math.h>

// Whole vectors up to here, then the rest of a row.
INLINE ptrdiff_t wholeLanes(ptrdiff_t count) { return count / lanes * lanes; }

INLINE float inverseRootMeanSquare(const float *x, float epsilon, ptrdiff_t count) {
    const ptrdiff_t whole = wholeLanes(count);
    Lanes squares = splat(0);
    for (ptrdiff_t i = 0; i < whole; i += lanes) squares += load(x + i) * load(x + i);
    const Lanes rest = loadSome(x + whole, count - whole, 0);
    return 1 / sqrtf(total(squares + rest * rest) / (float)count + epsilon);
}

static void norm(const float *x, const float *gain, float epsilon, float *y,
                 ptrdiff_t rows, ptrdiff_t count) {
    const ptrdiff_t whole = wholeLanes(count);
    for (ptrdiff_t row = 0; row < rows; row++, x += count, y += count) {
        const float scale = inverseRootMeanSquare(x, epsilon, count);
        for (ptrdiff_t i = 0; i < whole; i += lanes)
            store(y + i, load(x + i) * splat(scale) * load(gain + i));
        for (ptrdiff_t i = whole; i < count; i++) y[i] = x[i] * scale * gain[i];
    }
}

static void softmax(const float *x, float *y, ptrdiff_t rows, ptrdiff_t count) {
    const ptrdiff_t whole = wholeLanes(count), rest = count - whole;
    for (ptrdiff_t row = 0; row < rows; row++, x += count, y += count) {
        const Lanes end = loadSome(x + whole, rest, -INFINITY);
        Lanes top = end;
        for (ptrdiff_t i = 0; i < whole; i += lanes) top = larger(load(x + i), top);
        const Lanes maximum = splat(highest(top));
        const Lanes endWeights = exponential(end - maximum);
        Lanes sums = endWeights;
        for (ptrdiff_t i = 0; i < whole; i += lanes) {
            const Lanes weight = exponential(load(x + i) - maximum);
            store(y + i, weight);
            sums += weight;
        }
        const Lanes scale = splat(1 / total(sums));
        for (ptrdiff_t i = 0; i < whole; i += lanes) store(y + i, load(y + i) * scale);
        storeSome(y + whole, endWeights * scale, rest);
    }
}

static void softmaxPullback(const float *gradient, const float *y, float *result,
                            ptrdiff_t rows, ptrdiff_t count) {
    const ptrdiff_t whole = wholeLanes(count);
    for (ptrdiff_t row = 0; row < rows; row++, gradient += count, y += count, result += count) {
        Lanes products = splat(0);
        for (ptrdiff_t i = 0; i < whole; i += lanes) products += load(gradient + i) * load(y + i);
        float sum = total(products);
        for (ptrdiff_t i = whole; i < count; i++) sum += gradient[i] * y[i];
        for (ptrdiff_t i = 0; i < whole; i += lanes)
            store(result + i, load(y + i) * (load(gradient + i) - splat(sum)));
        for (ptrdiff_t i = whole; i < count; i++) result[i] = y[i] * (gradient[i] - sum);
    }
}

static void positives(const float *x, uint16_t *bits, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += lanes)
        bits[i / lanes] = bitsOf(loadUpTo(x + i, count - i) > splat(0));
}

static void adam(const TesseraAdam *job, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i += lanes) {
        const ptrdiff_t left = count - i;
        const Lanes gradient = loadUpTo(job->gradient + i, left);
        Lanes mean = loadUpTo(job->means + i, left), square = loadUpTo(job->squares + i, left);
        // A statement for each operation: fused, two would be rounded only once.
        const Lanes meanStep = splat(0.1f) * (gradient - mean);
        mean += meanStep;
        const Lanes squared = gradient * gradient;
        const Lanes squareStep = splat(0.001f) * (squared - square);
        square += squareStep;
        Lanes step = splat(job->rate) * mean;
        if (job->isRooted) {
            const Lanes scaled = square * splat(job->squareScale);
            step /= __builtin_elementwise_sqrt(scaled) + splat(1e-12f);
        }
        const Lanes values = loadUpTo(job->values + i, left);
        storeUpTo(job->values + i, values - step, left);
        storeUpTo(job->means + i, mean, left);
        storeUpTo(job->squares + i, square, left);
    }
}
