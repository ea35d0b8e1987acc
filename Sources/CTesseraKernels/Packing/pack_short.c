// Weights of products in formats of 16 and 8 bits.
#include "tessera_kernels.h"

#include <math.h>
#include <string.h>

ptrdiff_t tessera_short_count(ptrdiff_t outputCount, ptrdiff_t inputCount,
                              ptrdiff_t inputsPerWord) {
    const ptrdiff_t panels = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
    return panels * ((inputCount + inputsPerWord - 1) / inputsPerWord) * TESSERA_PANEL;
}

// Where the word of an output and an input stands.
static ptrdiff_t wordAt(ptrdiff_t output, ptrdiff_t input, ptrdiff_t inputCount,
                        ptrdiff_t inputsPerWord) {
    const ptrdiff_t words = (inputCount + inputsPerWord - 1) / inputsPerWord;
    return (output / TESSERA_PANEL * words + input / inputsPerWord) * TESSERA_PANEL
        + output % TESSERA_PANEL;
}

// The bf16 nearest to a float, of two the even one.
static uint32_t bfloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

void tessera_pack_bfloat16(const float *weights, uint32_t *packed,
                           ptrdiff_t outputCount, ptrdiff_t inputCount) {
    memset(packed, 0, (size_t)tessera_short_count(outputCount, inputCount, 2) * sizeof *packed);
    for (ptrdiff_t output = 0; output < outputCount; output++)
        for (ptrdiff_t input = 0; input < inputCount; input++)
            packed[wordAt(output, input, inputCount, 2)] |=
                bfloat16(weights[output * inputCount + input]) << (input % 2 * 16);
}

void tessera_round_panels(const float *panels, uint32_t *words, ptrdiff_t count) {
    for (ptrdiff_t pair = 0; pair < count / 2; pair += TESSERA_PANEL)
        for (ptrdiff_t lane = pair; lane < pair + TESSERA_PANEL; lane++)
            words[lane] = bfloat16(panels[pair + lane])
                | bfloat16(panels[pair + lane + TESSERA_PANEL]) << 16;
}

static void addInteger(uint32_t *packed, int32_t *offsets, ptrdiff_t output, ptrdiff_t input,
                       ptrdiff_t inputCount, int32_t integer) {
    offsets[output] += 128 * integer;
    packed[wordAt(output, input, inputCount, 4)] |= (uint32_t)(uint8_t)integer << (input % 4 * 8);
}

static void clearInt8(uint32_t *packed, int32_t *offsets, ptrdiff_t outputCount,
                      ptrdiff_t inputCount) {
    const ptrdiff_t padded = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL * TESSERA_PANEL;
    memset(packed, 0, (size_t)tessera_short_count(outputCount, inputCount, 4) * sizeof *packed);
    memset(offsets, 0, (size_t)padded * sizeof *offsets);
}

void tessera_pack_int8(const float *weights, uint32_t *packed, float *steps, int32_t *offsets,
                       ptrdiff_t outputCount, ptrdiff_t inputCount) {
    clearInt8(packed, offsets, outputCount, inputCount);
    for (ptrdiff_t output = 0; output < outputCount; output++) {
        const float *row = weights + output * inputCount;
        float largest = 0;
        for (ptrdiff_t input = 0; input < inputCount; input++)
            largest = fmaxf(largest, fabsf(row[input]));
        steps[output] = largest / 127;
        const float inverse = largest > 0 ? 127 / largest : 0;
        for (ptrdiff_t input = 0; input < inputCount; input++)
            addInteger(packed, offsets, output, input, inputCount,
                       (int32_t)rintf(row[input] * inverse));
    }
}

void tessera_pack_integers(const int8_t *integers, uint32_t *packed, int32_t *offsets,
                           ptrdiff_t outputCount, ptrdiff_t inputCount) {
    clearInt8(packed, offsets, outputCount, inputCount);
    for (ptrdiff_t output = 0; output < outputCount; output++)
        for (ptrdiff_t input = 0; input < inputCount; input++)
            addInteger(packed, offsets, output, input, inputCount,
                       integers[output * inputCount + input]);
}
