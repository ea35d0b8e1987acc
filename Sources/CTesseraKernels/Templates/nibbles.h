// Products with weights of 4 bits: productInt4.
//
// A word holds eight neighbouring inputs of an output as codes from 0 to 15, eight more than the codes
// that they stand for: of byte b the lower half is input b, the upper half input b + 4. Codes and a
// multiplier of at most 16 multiply within their bytes, so that one multiplication of words makes the
// integers of four inputs. The panels of a group of outputs become words of int8 in memory of the
// thread, once for all rows of a block, and are multiplied as such.

enum { groupInputs = 32, groupWords = groupInputs / 8 };

INLINE ptrdiff_t groupsOf(ptrdiff_t inputCount) {
    return (inputCount + groupInputs - 1) / groupInputs;
}

// Makes the words of int8 of one panel, two for each word.
INLINE void unpackPanel(const uint32_t *words, const uint8_t *multipliers, ptrdiff_t groups,
                        uint32_t *target) {
    typedef uint8_t Few __attribute__((vector_size(16), aligned(1), may_alias));
    typedef uint8_t Bytes __attribute__((vector_size(64), aligned(4), may_alias));
    typedef uint32_t Words __attribute__((vector_size(64), aligned(4), may_alias));
    for (ptrdiff_t group = 0; group < groups; group++, multipliers += lanes) {
        const Words multiplier = __builtin_convertvector(*(const Few *)multipliers, Words);
        const Bytes zero = (Bytes)(multiplier * 0x08080808u);
        for (int i = 0; i < groupWords; i++, words += lanes, target += 2 * lanes) {
            const Words codes = *(const Words *)words;
            *(Bytes *)target = (Bytes)((codes & 0x0F0F0F0Fu) * multiplier) - zero;
            *(Bytes *)(target + lanes) = (Bytes)((codes >> 4 & 0x0F0F0F0Fu) * multiplier) - zero;
        }
    }
}

// Makes the words of a group of panels; each takes groups * 8 vectors.
INLINE void unpackGroup(const OutputGroup *group, uint32_t *target) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t groups = groupsOf(job->inputCount);
    for (ptrdiff_t j = 0; j < group->panels; j++) {
        const ptrdiff_t panel = group->firstOutput / lanes + j;
        unpackPanel((const uint32_t *)job->weights + panel * groups * groupWords * lanes,
                    job->weightMultipliers + panel * groups * lanes, groups,
                    target + j * groups * 2 * groupWords * lanes);
    }
}
