// Functions of channels, from which group normalisation and its pullback are made: sums over
// positions, and maps whose coefficients belong to channels.

// The slope of a silu: s + u s (1 - s) with s the logistic function of u.
INLINE Lanes siluSlope(Lanes u) {
    const Lanes s = splat(1) / (splat(1) + exponential(-u));
    return s + u * s * (splat(1) - s);
}

INLINE Lanes channelValue(const TesseraChannelMap *map, Lanes x, ptrdiff_t c, ptrdiff_t count) {
    return x * loadUpTo(map->scale + c, count) + loadUpTo(map->shift + c, count);
}

// The gradient with respect to a channel's value before the activation.
INLINE Lanes channelSlope(const TesseraChannelMap *map, const float *x, const float *gradient,
                          ptrdiff_t c, ptrdiff_t count) {
    const Lanes slope = loadUpTo(gradient + c, count);
    if (map->activation != TesseraActivationSilu) return slope;
    return slope * siluSlope(channelValue(map, loadUpTo(x + c, count), c, count));
}

static void channelSums(const float *x, float *sums, ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t c = 0; c < channels; c += lanes) {
        const ptrdiff_t count = channels - c;
        Lanes sum = splat(0), squares = splat(0);
        for (ptrdiff_t i = 0; i < positions; i++) {
            const Lanes value = loadUpTo(x + i * channels + c, count);
            sum += value;
            squares += value * value;
        }
        storeUpTo(sums + c, sum, count);
        storeUpTo(sums + channels + c, squares, count);
    }
}

static void channelMap(const TesseraChannelMap *map, const float *x, float *y,
                       ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t i = 0; i < positions; i++, x += channels, y += channels)
        for (ptrdiff_t c = 0; c < channels; c += lanes) {
            const ptrdiff_t count = channels - c;
            const Lanes value = channelValue(map, loadUpTo(x + c, count), c, count);
            storeUpTo(y + c, activated(value, map->activation), count);
        }
}

static void channelSlopeSums(const TesseraChannelMap *map, const float *gradient, const float *x,
                             float *sums, ptrdiff_t positions, ptrdiff_t channels) {
    for (ptrdiff_t c = 0; c < channels; c += lanes) {
        const ptrdiff_t count = channels - c;
        Lanes sum = splat(0), products = splat(0);
        for (ptrdiff_t i = 0; i < positions; i++) {
            const float *row = x + i * channels;
            const Lanes slope = channelSlope(map, row, gradient + i * channels, c, count);
            sum += slope;
            products += slope * loadUpTo(row + c, count);
        }
        storeUpTo(sums + c, sum, count);
        storeUpTo(sums + channels + c, products, count);
    }
}

static void channelMapPullback(const TesseraChannelMap *map, const float *gradient, const float *x,
                               const float *coefficients, const float *residual, float *result,
                               ptrdiff_t positions, ptrdiff_t channels) {
    const float *linear = coefficients + channels, *constant = linear + channels;
    for (ptrdiff_t i = 0; i < positions; i++)
        for (ptrdiff_t c = 0; c < channels; c += lanes) {
            const ptrdiff_t count = channels - c, at = i * channels + c;
            const Lanes slope = channelSlope(map, x + i * channels, gradient + i * channels, c, count);
            Lanes sum = slope * loadUpTo(coefficients + c, count)
                + (loadUpTo(x + at, count) * loadUpTo(linear + c, count)
                   + loadUpTo(constant + c, count));
            if (residual) sum += loadUpTo(residual + at, count);
            storeUpTo(result + at, sum, count);
        }
}
