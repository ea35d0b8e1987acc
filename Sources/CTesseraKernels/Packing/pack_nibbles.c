// Weights of products in 4 bits: nibbles.h says how they lie.
#include "tessera_kernels.h"

#include <string.h>

enum { groupInputs = 32, groupWords = groupInputs / 8 };

ptrdiff_t tessera_group_count(ptrdiff_t inputCount) {
    return (inputCount + groupInputs - 1) / groupInputs;
}

ptrdiff_t tessera_int4_count(ptrdiff_t outputCount, ptrdiff_t inputCount) {
    const ptrdiff_t panels = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
    return panels * tessera_group_count(inputCount) * groupWords * TESSERA_PANEL;
}

void tessera_pack_int4(const uint8_t *codes, const uint8_t *multipliers, uint32_t *packed,
                       uint8_t *packedMultipliers, int32_t *offsets, ptrdiff_t outputCount,
                       ptrdiff_t inputCount) {
    const ptrdiff_t groups = tessera_group_count(inputCount), bytes = (inputCount + 1) / 2;
    const ptrdiff_t count = tessera_int4_count(outputCount, inputCount);
    const ptrdiff_t padded = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL * TESSERA_PANEL;
    memset(packed, 0x88, (size_t)count * sizeof *packed); // Eights stand for zeros.
    memset(packedMultipliers, 0, (size_t)(padded * groups));
    memset(offsets, 0, (size_t)padded * sizeof *offsets);
    for (ptrdiff_t output = 0; output < outputCount; output++) {
        const ptrdiff_t panel = output / TESSERA_PANEL, lane = output % TESSERA_PANEL;
        for (ptrdiff_t input = 0; input < inputCount; input++) {
            const uint32_t code = codes[output * bytes + input / 2] >> (input % 2 * 4) & 15;
            const ptrdiff_t group = panel * groups + input / groupInputs;
            const uint8_t multiplier = multipliers[output * groups + input / groupInputs];
            const ptrdiff_t place = input % 8 < 4 ? input % 4 * 8 : input % 4 * 8 + 4;
            uint32_t *word = packed
                + (group * groupWords + input % groupInputs / 8) * TESSERA_PANEL + lane;
            *word ^= code << place; // An eight stands there, and code ^ 8 is eight more than the code.
            packedMultipliers[group * TESSERA_PANEL + lane] = multiplier;
            offsets[output] += 128 * ((int32_t)(code ^ 8) - 8) * multiplier;
        }
    }
}
