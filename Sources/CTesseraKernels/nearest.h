// The code of the highest score: TesseraNearest.

// The best lane, the lowest index of equals.
INLINE int32_t bestIndex(const float *scores, const int32_t *indices) {
    float best = scores[0];
    int32_t index = indices[0];
    for (int i = 1; i < lanes; i++)
        if (scores[i] > best || (scores[i] == best && indices[i] < index)) {
            best = scores[i];
            index = indices[i];
        }
    return index;
}

static void nearestOfTile(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t rows) {
    static const IntLanes ascending = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const ptrdiff_t panelCount = (job->codeCount + lanes - 1) / lanes;
    const float *sources[TILE_ROWS];
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    Lanes best[TILE_ROWS];
    IntLanes index[TILE_ROWS];
    for (ptrdiff_t i = 0; i < tileRows; i++) {
        sources[i] = job->input + (first + (i < rows ? i : rows - 1)) * job->width;
        best[i] = splat(-INFINITY);
        index[i] = ascending;
    }
    ptrdiff_t panels;
    for (ptrdiff_t panel = 0; panel < panelCount; panel += panels) {
        panels = nextPanels(panelCount - panel);
        const TileOperands operands = {
            .sources = sources, .tapCount = 1, .depth = job->width,
            .weights = job->codes + panel * job->width * lanes,
            .panelStride = job->width * lanes};
        computeTile(&operands, panels, tile);
        for (int i = 0; i < tileRows; i++)
            for (ptrdiff_t j = 0; j < panels; j++) {
                const Lanes score = load(tile + i * tileColumns + j * lanes)
                    + load(job->offsets + (panel + j) * lanes);
                const IntLanes better = score > best[i];
                const IntLanes code = ascending + (int32_t)((panel + j) * lanes);
                best[i] = choose(better, score, best[i]);
                index[i] = (better & code) | (~better & index[i]);
            }
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        job->output[first + i] = bestIndex((const float *)&best[i], (const int32_t *)&index[i]);
}

static void nearest(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row += tileRows)
        nearestOfTile(job, row, last - row < tileRows ? last - row : tileRows);
}
