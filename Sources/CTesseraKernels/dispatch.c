// Which kernels this processor runs.
#include "tables.h"

#include <stdlib.h>
#include <string.h>

// The order of preference, worst first; TESSERA_ISA names an entry to stop at.
static const struct {
    TesseraLevel level;
    const char *name;
} levels[] = {
    {TesseraLevelScalar, "scalar"},
    {TesseraLevelNEON, "neon"},
    {TesseraLevelAVX2, "avx2"},
    {TesseraLevelAVX512, "avx512"},
};

const TesseraKernels *tessera_kernels(TesseraLevel level) {
    switch (level) {
    case TesseraLevelReference: return &tessera_reference_kernels;
    case TesseraLevelScalar: return &tessera_scalar_kernels;
#if defined(__x86_64__)
    case TesseraLevelAVX2:
        if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return NULL;
        return &tessera_avx2_kernels;
    case TesseraLevelAVX512:
        if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw")
            || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
            return NULL;
        return &tessera_avx512_kernels;
    case TesseraLevelNEON: return NULL;
#elif defined(__aarch64__)
    case TesseraLevelNEON: return &tessera_neon_kernels;
    case TesseraLevelAVX2:
    case TesseraLevelAVX512: return NULL;
#else
    case TesseraLevelAVX2:
    case TesseraLevelAVX512:
    case TesseraLevelNEON: return NULL;
#endif
    }
}

TesseraLevel tessera_best_level(void) {
    const char *limit = getenv("TESSERA_ISA");
    TesseraLevel best = TesseraLevelScalar;
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (tessera_kernels(levels[i].level)) best = levels[i].level;
        if (limit && strcmp(limit, levels[i].name) == 0) break;
    }
    return best;
}
