// Which kernels this processor runs.
#include "tables.h"

#include <stddef.h>

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
    case TesseraLevelAVX512Dot:
        if (!tessera_kernels(TesseraLevelAVX512) || !__builtin_cpu_supports("avx512bf16")
            || !__builtin_cpu_supports("avx512vnni")
            || !__builtin_cpu_supports("avx512vpopcntdq"))
            return NULL;
        return &tessera_avx512_dot_kernels;
    case TesseraLevelNEON: return NULL;
#elif defined(__aarch64__)
    case TesseraLevelNEON: return &tessera_neon_kernels;
    case TesseraLevelAVX2:
    case TesseraLevelAVX512:
    case TesseraLevelAVX512Dot: return NULL;
#else
    case TesseraLevelAVX2:
    case TesseraLevelAVX512:
    case TesseraLevelAVX512Dot:
    case TesseraLevelNEON: return NULL;
#endif
    }
}
