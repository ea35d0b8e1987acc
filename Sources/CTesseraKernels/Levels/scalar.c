// What every processor of an architecture offers: SSE2 on x86-64. Eight sums of four floats.
#include "tables.h"

#include <math.h>

#define KERNELS tessera_scalar_kernels
#define LEVEL TesseraLevelScalar
#define TILE_ROWS 2
#define TILE_PANELS 1

// Vectors wider than a register never leave inlined functions, so no caller sees how they pass.
#pragma clang diagnostic ignored "-Wpsabi"
#include "level.h"
