// AVX2 and FMA: twelve sums of eight floats, of sixteen registers.
#include "tables.h"

#include <math.h>

#if defined(__x86_64__)
#define KERNELS tessera_avx2_kernels
#define LEVEL TesseraLevelAVX2
#define TILE_ROWS 6
#define TILE_PANELS 1

// Vectors wider than a register never leave inlined functions, so no caller sees how they pass.
#pragma clang diagnostic ignored "-Wpsabi"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "level.h"
#pragma clang attribute pop

#endif
