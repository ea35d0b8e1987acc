// Filters at the points of Winograd's minimal filtering.
#include "points.h"
#include "tessera_kernels.h"

// A filter's three coefficients to its values at the points, each divided by the product of the
// point's distances to the others, as interpolation needs it.
static void evaluateFilter(const float *g, ptrdiff_t step, float *values, ptrdiff_t to) {
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
    const ptrdiff_t tap = inputCount * TESSERA_PANEL;
    const ptrdiff_t panels = (outputCount + TESSERA_PANEL - 1) / TESSERA_PANEL;
    for (ptrdiff_t panel = 0; panel < panels; panel++, packed += 9 * tap, transformed += 36 * tap)
        for (ptrdiff_t i = 0; i < tap; i++) {
            float columns[18], values[36];
            for (ptrdiff_t x = 0; x < 3; x++)
                evaluateFilter(packed + x * tap + i, 3 * tap, columns + x, 3);
            for (ptrdiff_t y = 0; y < 6; y++)
                evaluateFilter(columns + 3 * y, 1, values + 6 * y, 1);
            for (ptrdiff_t point = 0; point < 36; point++)
                transformed[point * tap + i] = values[point];
        }
}
