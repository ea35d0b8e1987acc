// Filters at the points of Winograd's minimal filtering.
#include "../Templates/points.h"
#include "tessera_kernels.h"

// The same coefficient of the filters of a panel.
typedef float Panel __attribute__((vector_size(4 * TESSERA_PANEL), aligned(4), may_alias));

// A filter's three coefficients to its values at the points, each divided by the product of the
// point's distances to the others, as interpolation needs it.
static void evaluateFilter(const Panel *g, ptrdiff_t step, Panel *values, ptrdiff_t to) {
    const float a2 = POINT_A2, b2 = POINT_B2;
    const float atA = 1 / (2 * a2 * (a2 - b2)), atB = 1 / (2 * b2 * (b2 - a2));
    values[0] = g[0] / (a2 * b2);
    values[to] = (g[0] + POINT_A * g[step] + a2 * g[2 * step]) * atA;
    values[2 * to] = (g[0] - POINT_A * g[step] + a2 * g[2 * step]) * atA;
    values[3 * to] = (g[0] + POINT_B * g[step] + b2 * g[2 * step]) * atB;
    values[4 * to] = (g[0] - POINT_B * g[step] + b2 * g[2 * step]) * atB;
    values[5 * to] = g[2 * step];
}

ptrdiff_t tessera_winograd_count(ptrdiff_t outputCount, ptrdiff_t inputCount) {
    return tessera_packed_count(outputCount, 36, inputCount);
}

void tessera_pack_winograd(const float *packed, float *transformed,
                           ptrdiff_t outputCount, ptrdiff_t inputCount) {
    const Panel *source = (const Panel *)packed;
    Panel *target = (Panel *)transformed;
    const ptrdiff_t panels = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
    for (ptrdiff_t panel = 0; panel < panels; panel++, source += 9 * inputCount,
                   target += 36 * inputCount)
        for (ptrdiff_t input = 0; input < inputCount; input++) {
            Panel columns[18], values[36];
            for (ptrdiff_t x = 0; x < 3; x++)
                evaluateFilter(source + x * inputCount + input, 3 * inputCount, columns + x, 3);
            for (ptrdiff_t y = 0; y < 6; y++)
                evaluateFilter(columns + 3 * y, 1, values + 6 * y, 1);
            for (ptrdiff_t point = 0; point < 36; point++)
                target[point * inputCount + input] = values[point];
        }
}
