// AVX-512 with the instructions that multiply pairs of bf16 and quadruples of int8 and that count
// bits.
#include "tables.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define DOT_INSTRUCTIONS
#define MASK_INSTRUCTIONS
#define KERNELS tessera_avx512_dot_kernels
#define LEVEL TesseraLevelAVX512Dot
#define TILE_ROWS 8
#define TILE_PANELS 3

// Vectors wider than a register never leave inlined functions, so no caller sees how they pass.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx512vnni,avx512vpopcntdq,avx2,fma"))), apply_to = function)
#include "level.h"
#pragma clang attribute pop

#endif
