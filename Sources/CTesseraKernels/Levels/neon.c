// 64-bit ARM: twenty-four sums of four floats, of thirty-two registers.
#include "tables.h"

#include <math.h>

#if defined(__aarch64__)
#define KERNELS tessera_neon_kernels
#define LEVEL TesseraLevelNEON
#define TILE_ROWS 6
#define TILE_PANELS 1

// Vectors wider than a register never leave inlined functions, so no caller sees how they pass.
#pragma clang diagnostic ignored "-Wpsabi"
#include "level.h"

#endif
