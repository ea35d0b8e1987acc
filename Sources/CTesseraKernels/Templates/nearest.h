// The code of the highest score: TesseraNearest.

// Rows whose best codes are kept while the codes of a block are read, and the floats of such a block:
// half of a first cache.
enum { nearestRows = 64, nearestBlock = 6144 };

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

// Scores a tile of rows and a few panels of codes from `first` on, and keeps for each lane the best.
INLINE void scoreTile(const TesseraNearest *job, const float *const *rows, ptrdiff_t first,
                      const int panels, Lanes *best, IntLanes *index) {
    static const IntLanes ascending = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const ptrdiff_t width = job->width;
    const float *codes = job->codes + first * width;
    Lanes sums[TILE_ROWS][TILE_PANELS];
    for (int j = 0; j < panels; j++) {
        const Lanes offset = load(job->offsets + first + j * lanes);
        UNROLL
        for (int i = 0; i < tileRows; i++) sums[i][j] = offset;
    }
    for (ptrdiff_t k = 0; k < width; k++) {
        Lanes column[TILE_PANELS];
        for (int j = 0; j < panels; j++) column[j] = load(codes + (j * width + k) * lanes);
        UNROLL
        for (int i = 0; i < tileRows; i++)
            for (int j = 0; j < panels; j++) sums[i][j] += splat(rows[i][k]) * column[j];
    }
    for (int j = 0; j < panels; j++) {
        const IntLanes code = ascending + (int32_t)(first + j * lanes);
        UNROLL
        for (int i = 0; i < tileRows; i++) {
            const IntLanes better = sums[i][j] > best[i];
            best[i] = larger(sums[i][j], best[i]);
            index[i] = (better & code) | (~better & index[i]);
        }
    }
}

static __attribute__((noinline)) void scoreTileOfOne(
    const TesseraNearest *job, const float *const *rows, ptrdiff_t first, Lanes *best,
    IntLanes *index) {
    scoreTile(job, rows, first, 1, best, index);
}

#if TILE_PANELS >= 2
static __attribute__((noinline)) void scoreTileOfTwo(
    const TesseraNearest *job, const float *const *rows, ptrdiff_t first, Lanes *best,
    IntLanes *index) {
    scoreTile(job, rows, first, 2, best, index);
}
#endif

// Of rows [first, first + count), at most nearestRows.
static void nearestOfRows(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t count) {
    ALIGNED Lanes best[nearestRows + TILE_ROWS];
    ALIGNED IntLanes index[nearestRows + TILE_ROWS];
    for (ptrdiff_t i = 0; i < count + tileRows; i++) {
        best[i] = splat(-INFINITY);
        index[i] = (IntLanes){0};
    }
    const ptrdiff_t panelSize = job->width * lanes;
    const ptrdiff_t codeEnd = (job->codeCount + lanes - 1) / lanes * lanes;
    const ptrdiff_t blockCodes = (nearestBlock / panelSize / 2 + 1) * 2 * lanes;
    for (ptrdiff_t block = 0; block < codeEnd; block += blockCodes) {
        const ptrdiff_t end = block + blockCodes < codeEnd ? block + blockCodes : codeEnd;
        for (ptrdiff_t row = 0; row < count; row += tileRows) {
            const float *rows[TILE_ROWS];
            for (ptrdiff_t i = 0; i < tileRows; i++)
                rows[i] =
                    job->input + (first + (row + i < count ? row + i : count - 1)) * job->width;
            ptrdiff_t code = block;
#if TILE_PANELS >= 2
            for (; code + 2 * lanes <= end; code += 2 * lanes)
                scoreTileOfTwo(job, rows, code, best + row, index + row);
#endif
            for (; code < end; code += lanes)
                scoreTileOfOne(job, rows, code, best + row, index + row);
        }
    }
    for (ptrdiff_t i = 0; i < count; i++)
        job->output[first + i] = bestIndex((const float *)&best[i], (const int32_t *)&index[i]);
}

static void nearest(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t row = first; row < last; row += nearestRows)
        nearestOfRows(job, row, last - row < nearestRows ? last - row : nearestRows);
}
