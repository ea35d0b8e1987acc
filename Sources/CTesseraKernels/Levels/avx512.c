// AVX-512: twenty-four sums of sixteen floats, of thirty-two registers.
#include "tables.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define MASK_INSTRUCTIONS
#define KERNELS tessera_avx512_kernels
#define LEVEL TesseraLevelAVX512
#define TILE_ROWS 8
#define TILE_PANELS 3

// Vectors wider than a register never leave inlined functions, so no caller sees how they pass.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#include "level.h"
#pragma clang attribute pop

#endif
