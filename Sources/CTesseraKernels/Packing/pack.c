// Weights in the order in which kernels read them.
#include "tessera_kernels.h"

#include <string.h>

static ptrdiff_t panels(ptrdiff_t outputCount) {
    return (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
}

ptrdiff_t tessera_packed_count(ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount) {
    return panels(outputCount) * tapCount * inputCount * TESSERA_PANEL;
}

void tessera_pack(const float *weights, float *packed,
                  ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount) {
    const ptrdiff_t depth = tapCount * inputCount;
    for (ptrdiff_t panel = 0; panel < panels(outputCount); panel++) {
        float *destination = packed + panel * depth * TESSERA_PANEL;
        for (ptrdiff_t lane = 0; lane < TESSERA_PANEL; lane++) {
            const ptrdiff_t output = panel * TESSERA_PANEL + lane;
            for (ptrdiff_t k = 0; k < depth; k++)
                destination[k * TESSERA_PANEL + lane] =
                    output < outputCount ? weights[output * depth + k] : 0;
        }
    }
}

void tessera_pack_pullback(const float *packed, float *pullback,
                           ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount) {
    const ptrdiff_t depth = tapCount * outputCount, forwardDepth = tapCount * inputCount;
    memset(pullback, 0,
           (size_t)tessera_packed_count(inputCount, tapCount, outputCount) * sizeof(float));
    for (ptrdiff_t output = 0; output < outputCount; output++) {
        const float *source = packed
            + output / TESSERA_PANEL * forwardDepth * TESSERA_PANEL + output % TESSERA_PANEL;
        for (ptrdiff_t tap = 0; tap < tapCount; tap++)
            for (ptrdiff_t input = 0; input < inputCount; input++) {
                const ptrdiff_t k = (tapCount - 1 - tap) * outputCount + output;
                float *panel = pullback + input / TESSERA_PANEL * depth * TESSERA_PANEL;
                panel[k * TESSERA_PANEL + input % TESSERA_PANEL] =
                    source[(tap * inputCount + input) * TESSERA_PANEL];
            }
    }
}
