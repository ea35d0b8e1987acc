#include "peak.h"

// Twelve chains of dependent multiply-adds hide the latency of any of them.
#define CHAINS 12

#define PEAK(name, width, ...) \
    __VA_ARGS__ static double name(int64_t rounds) { \
        typedef float Vector __attribute__((vector_size(width * 4))); \
        Vector sums[CHAINS], factor, term; \
        for (int i = 0; i < CHAINS; i++) sums[i] = (Vector){0} + (float)i; \
        factor = (Vector){0} + 0.5f; \
        term = (Vector){0} + 1.0f; \
        for (int64_t round = 0; round < rounds; round++) { \
            __asm__ volatile("" : : : "memory"); \
            for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * factor + term; \
        } \
        Vector all = sums[0]; \
        for (int i = 1; i < CHAINS; i++) all += sums[i]; \
        volatile float used = all[0]; \
        (void)used; \
        return 2.0 * CHAINS * width * (double)rounds; \
    }

#if defined(__x86_64__)
PEAK(peakAVX512, 16, __attribute__((target("avx512f,fma"))))
PEAK(peakAVX2, 8, __attribute__((target("avx2,fma"))))
#endif
PEAK(peakPlain, 4)

double peak_run(int64_t rounds) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return peakAVX512(rounds);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return peakAVX2(rounds);
#endif
    return peakPlain(rounds);
}
