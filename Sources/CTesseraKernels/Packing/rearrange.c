// Moving pixels between space and channels. Memory decides the time, so one version serves all.
#include "tessera_kernels.h"

#include <string.h>

void tessera_pixel_shuffle(const float *small, float *large,
                           ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels) {
    const size_t pair = 2 * (size_t)channels * sizeof(float);
    for (ptrdiff_t y = 0; y < rows; y++)
        for (ptrdiff_t x = 0; x < width; x++)
            for (ptrdiff_t dy = 0; dy < 2; dy++)
                memcpy(large + (((2 * y + dy) * width + x) * 2) * channels,
                       small + ((y * width + x) * 4 + dy * 2) * channels, pair);
}

void tessera_pixel_unshuffle(const float *large, float *small,
                             ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels) {
    const size_t pair = 2 * (size_t)channels * sizeof(float);
    for (ptrdiff_t y = 0; y < rows; y++)
        for (ptrdiff_t x = 0; x < width; x++)
            for (ptrdiff_t dy = 0; dy < 2; dy++)
                memcpy(small + ((y * width + x) * 4 + dy * 2) * channels,
                       large + (((2 * y + dy) * width + x) * 2) * channels, pair);
}

void tessera_nearest_upsample(const float *small, float *large,
                              ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels) {
    const size_t pixel = (size_t)channels * sizeof(float);
    for (ptrdiff_t y = 0; y < rows; y++) {
        float *upper = large + 2 * y * 2 * width * channels;
        for (ptrdiff_t x = 0; x < width; x++) {
            const float *source = small + (y * width + x) * channels;
            memcpy(upper + 2 * x * channels, source, pixel);
            memcpy(upper + (2 * x + 1) * channels, source, pixel);
        }
        memcpy(upper + 2 * width * channels, upper, 2 * (size_t)width * pixel);
    }
}

void tessera_nearest_upsample_pullback(const float *large, float *small,
                                       ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels) {
    for (ptrdiff_t y = 0; y < rows; y++)
        for (ptrdiff_t x = 0; x < width; x++) {
            const float *upper = large + (2 * y * 2 * width + 2 * x) * channels;
            const float *lower = upper + 2 * width * channels;
            float *destination = small + (y * width + x) * channels;
            for (ptrdiff_t c = 0; c < channels; c++)
                destination[c] = (upper[c] + upper[channels + c]) + (lower[c] + lower[channels + c]);
        }
}
