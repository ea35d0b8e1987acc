// The heart of every product: a tile of `tileRows` rows times up to `tilePanels` panels of packed
// weights, accumulated in registers. A level defines TILE_ROWS and TILE_PANELS so that the sums and
// the operands just fit its registers.
enum { tileRows = TILE_ROWS, tilePanels = TILE_PANELS, tileColumns = TILE_PANELS * lanes };

// What a tile reads. Row i of tap t begins at sources[t * tileRows + i]; a tap whose first source
// is null reads zeros only. Panel j of the weights begins at weights + j * panelStride.
typedef struct {
    const float *const *sources;
    ptrdiff_t tapCount, depth;
    const float *weights;
    ptrdiff_t panelStride;
} TileOperands;

// tile[i][j] = sum over taps and depth, in this order for each output.
INLINE void accumulateTile(const TileOperands *operands, const int panels, float *tile) {
    Lanes sums[TILE_ROWS][TILE_PANELS];
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++) sums[i][j] = splat(0);
    const float *weights = operands->weights;
    const ptrdiff_t depth = operands->depth, stride = operands->panelStride;
    for (ptrdiff_t tap = 0; tap < operands->tapCount; tap++, weights += depth * lanes) {
        const float *rows[TILE_ROWS];
        for (int i = 0; i < tileRows; i++) rows[i] = operands->sources[tap * tileRows + i];
        if (!rows[0]) continue;
        const float *panel = weights;
        for (ptrdiff_t k = 0; k < depth; k++, panel += lanes) {
            Lanes column[TILE_PANELS];
            for (int j = 0; j < panels; j++) {
                column[j] = load(panel + j * stride);
                __builtin_prefetch(panel + j * stride + 8 * lanes);
            }
            UNROLL
            for (int i = 0; i < tileRows; i++)
                for (int j = 0; j < panels; j++) sums[i][j] += splat(rows[i][k]) * column[j];
        }
    }
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++) store(tile + i * tileColumns + j * lanes, sums[i][j]);
}

static __attribute__((noinline)) void tileOfOne(const TileOperands *operands, float *tile) {
    accumulateTile(operands, 1, tile);
}

#if TILE_PANELS >= 2
static __attribute__((noinline)) void tileOfTwo(const TileOperands *operands, float *tile) {
    accumulateTile(operands, 2, tile);
}
#endif

#if TILE_PANELS >= 3
static __attribute__((noinline)) void tileOfThree(const TileOperands *operands, float *tile) {
    accumulateTile(operands, 3, tile);
}
#endif

// Computes a tile of 1 to tilePanels panels; its rows are tileColumns apart.
INLINE void computeTile(const TileOperands *operands, ptrdiff_t panels, float *tile) {
    switch (panels) {
#if TILE_PANELS >= 3
    case 3: tileOfThree(operands, tile); break;
#endif
#if TILE_PANELS >= 2
    case 2: tileOfTwo(operands, tile); break;
#endif
    default: tileOfOne(operands, tile); break;
    }
}

// How many of the panels that are left the next tile takes: all that fit, but two and two of four.
INLINE ptrdiff_t nextPanels(ptrdiff_t left) {
    if (left <= tilePanels) return left;
    return tilePanels == 3 && left == 4 ? 2 : tilePanels;
}
