#ifndef TESSERA_DIGEST_H
#define TESSERA_DIGEST_H

#include <stddef.h>
#include <stdint.h>

// SHA-256 of whole blocks (FIPS 180-4, section 6.2.2). Padding is the caller's.

/// Folds `count` blocks of 64 bytes into the eight words of `state`, in plain C.
void tessera_sha256_blocks_plain(uint32_t *state, const uint8_t *blocks, size_t count);

/// Folds `count` blocks of 64 bytes into the eight words of `state`, with the instructions that
/// this processor has for it, if any. Gives what the plain one gives.
void tessera_sha256_blocks(uint32_t *state, const uint8_t *blocks, size_t count);

#endif
