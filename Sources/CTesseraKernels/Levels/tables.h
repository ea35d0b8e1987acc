// The tables of kernels that the dispatcher chooses from.
#ifndef TESSERA_TABLES_H
#define TESSERA_TABLES_H

#include "tessera_kernels.h"

extern const TesseraKernels tessera_reference_kernels;
extern const TesseraKernels tessera_scalar_kernels;
#if defined(__x86_64__)
extern const TesseraKernels tessera_avx2_kernels;
extern const TesseraKernels tessera_avx512_kernels;
extern const TesseraKernels tessera_avx512_dot_kernels;
#elif defined(__aarch64__)
extern const TesseraKernels tessera_neon_kernels;
#endif

// At least byteCount bytes at a multiple of 64, which hold nothing in particular and are the calling
// thread's until it asks again.
void *tessera_scratch(size_t byteCount);

#endif
