// Products of rows and weights in formats of 16 and 8 bits, and the rounding of rows to them.
//
// A word of 32 bits holds two or four neighbouring inputs, so that one instruction multiplies them
// with those of sixteen outputs and adds up.

// What a tile reads: of each row so many runs of neighbouring words, and as many words of each panel.
typedef struct {
    const uint32_t *rows[TILE_ROWS];
    ptrdiff_t runCount, runStride, wordCount;
    const uint32_t *weights;
    ptrdiff_t panelStride;
} ShortOperands;

INLINE IntLanes loadWords(const uint32_t *p) { return *(const IntLanes *)p; }
INLINE IntLanes splatWord(uint32_t word) { return (int32_t)word - (IntLanes){0}; }

#if defined(DOT_INSTRUCTIONS)
// Rounds sixteen floats to bf16, ties to even.
INLINE void storeHalves(uint16_t *p, Lanes x) {
    _mm256_storeu_si256((__m256i *)p, (__m256i)_mm512_cvtneps_pbh((__m512)x));
}

INLINE Lanes addPair(Lanes sum, uint32_t pair, IntLanes words) {
    return (Lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)splatWord(pair), (__m512bh)words);
}

INLINE IntLanes addQuad(IntLanes sum, uint32_t quad, IntLanes words) {
    return (IntLanes)_mm512_dpbusd_epi32((__m512i)sum, (__m512i)splatWord(quad), (__m512i)words);
}
#else
INLINE void storeHalves(uint16_t *p, Lanes x) {
    typedef uint32_t Bits __attribute__((vector_size(64)));
    typedef uint16_t Halves __attribute__((vector_size(32), aligned(2), may_alias));
    const Bits bits = (Bits)x;
    *(Halves *)p = __builtin_convertvector((bits + 0x7FFF + (bits >> 16 & 1)) >> 16, Halves);
}

// The upper half of a float is the bf16 of the same value.
INLINE Lanes addPair(Lanes sum, uint32_t pair, IntLanes words) {
    sum += (Lanes)splatWord(pair << 16) * (Lanes)(words << 16);
    return sum + (Lanes)splatWord(pair & 0xFFFF0000u) * (Lanes)(words & (int32_t)0xFFFF0000u);
}

INLINE IntLanes addQuad(IntLanes sum, uint32_t quad, IntLanes words) {
    sum += splatWord(quad & 255) * ((words << 24) >> 24);
    sum += splatWord(quad >> 8 & 255) * ((words << 16) >> 24);
    sum += splatWord(quad >> 16 & 255) * ((words << 8) >> 24);
    return sum + splatWord(quad >> 24) * (words >> 24);
}
#endif

INLINE void pairTile(const ShortOperands *operands, const int panels, float *tile) {
    Lanes sums[TILE_ROWS][TILE_PANELS];
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++) sums[i][j] = splat(0);
    for (ptrdiff_t run = 0; run < operands->runCount; run++) {
        const uint32_t *weights = operands->weights + run * operands->wordCount * lanes;
        const uint32_t *rows[TILE_ROWS];
        for (int i = 0; i < tileRows; i++) rows[i] = operands->rows[i] + run * operands->runStride;
        for (ptrdiff_t k = 0; k < operands->wordCount; k++) {
            IntLanes column[TILE_PANELS];
            for (int j = 0; j < panels; j++)
                column[j] = loadWords(weights + j * operands->panelStride + k * lanes);
            UNROLL
            for (int i = 0; i < tileRows; i++)
                for (int j = 0; j < panels; j++)
                    sums[i][j] = addPair(sums[i][j], rows[i][k], column[j]);
        }
    }
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++) store(tile + i * tileColumns + j * lanes, sums[i][j]);
}

INLINE void quadTile(const ShortOperands *operands, const int panels, float *tile) {
    IntLanes sums[TILE_ROWS][TILE_PANELS];
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++) sums[i][j] = (IntLanes){0};
    for (ptrdiff_t k = 0; k < operands->wordCount; k++) {
        IntLanes column[TILE_PANELS];
        for (int j = 0; j < panels; j++)
            column[j] = loadWords(operands->weights + j * operands->panelStride + k * lanes);
        UNROLL
        for (int i = 0; i < tileRows; i++)
            for (int j = 0; j < panels; j++)
                sums[i][j] = addQuad(sums[i][j], operands->rows[i][k], column[j]);
    }
    for (int i = 0; i < tileRows; i++)
        for (int j = 0; j < panels; j++)
            *(IntLanes *)(tile + i * tileColumns + j * lanes) = sums[i][j];
}

typedef void ShortTile(const ShortOperands *operands, float *tile);

static __attribute__((noinline)) void pairTileOfOne(const ShortOperands *operands, float *tile) {
    pairTile(operands, 1, tile);
}
static __attribute__((noinline)) void quadTileOfOne(const ShortOperands *operands, float *tile) {
    quadTile(operands, 1, tile);
}
#if TILE_PANELS >= 2
static __attribute__((noinline)) void pairTileOfTwo(const ShortOperands *operands, float *tile) {
    pairTile(operands, 2, tile);
}
static __attribute__((noinline)) void quadTileOfTwo(const ShortOperands *operands, float *tile) {
    quadTile(operands, 2, tile);
}
#endif
#if TILE_PANELS >= 3
static __attribute__((noinline)) void pairTileOfThree(const ShortOperands *operands, float *tile) {
    pairTile(operands, 3, tile);
}
static __attribute__((noinline)) void quadTileOfThree(const ShortOperands *operands, float *tile) {
    quadTile(operands, 3, tile);
}
#endif

// By the number of panels, from 1.
static ShortTile *const pairTiles[TILE_PANELS] = {
    pairTileOfOne,
#if TILE_PANELS >= 2
    pairTileOfTwo,
#endif
#if TILE_PANELS >= 3
    pairTileOfThree,
#endif
};
static ShortTile *const quadTiles[TILE_PANELS] = {
    quadTileOfOne,
#if TILE_PANELS >= 2
    quadTileOfTwo,
#endif
#if TILE_PANELS >= 3
    quadTileOfThree,
#endif
};

// Rounds a row to bf16, ties to even; inputs beyond the count are zero.
static void pairRow(const float *x, ptrdiff_t count, uint32_t *words) {
    uint16_t *halves = (uint16_t *)words;
    const ptrdiff_t whole = count / lanes * lanes;
    for (ptrdiff_t k = 0; k < whole; k += lanes) storeHalves(halves + k, load(x + k));
    for (ptrdiff_t k = whole; k < count; k++) {
        uint32_t bits;
        memcpy(&bits, x + k, sizeof bits);
        halves[k] = (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }
    if (count % 2) halves[count] = 0;
}

// Rounds a row to multiples of its largest magnitude over 127 and returns that step. The bytes are
// 128 more than the integers, as instructions want them; the last word is filled up with zeros.
static float quadRow(const float *x, ptrdiff_t count, uint32_t *words) {
    typedef uint8_t Bytes __attribute__((vector_size(16), aligned(1), may_alias));
    const ptrdiff_t whole = count / lanes * lanes;
    const Lanes rest = loadSome(x + whole, count - whole, 0);
    Lanes top = larger(rest, -rest);
    for (ptrdiff_t k = 0; k < whole; k += lanes) {
        const Lanes values = load(x + k);
        top = larger(larger(values, -values), top);
    }
    const float largest = highest(top), inverse = largest > 0 ? 127 / largest : 0;
    const Lanes shift = splat(12582912.0f);  // 1.5 * 2^23: a sum with it is rounded to an integer.
    uint8_t *bytes = (uint8_t *)words;
    for (ptrdiff_t k = 0; k < count; k += lanes) {
        // A statement of its own: fused with the sum it would be rounded only once.
        const Lanes scaled = (k < whole ? load(x + k) : rest) * splat(inverse);
        const IntLanes integers = __builtin_convertvector((scaled + shift) - shift, IntLanes) + 128;
        const Bytes narrow = __builtin_convertvector(integers, Bytes);
        if (k < whole)
            *(Bytes *)(bytes + k) = narrow;
        else
            memcpy(bytes + k, &narrow, (size_t)((count - k + 3) / 4 * 4));
    }
    return largest / 127;
}

// Integer sums to what they stand for.
INLINE void scaleTile(const OutputGroup *group, float *tile, const float *steps) {
    const TesseraMultiply *job = group->job;
    for (ptrdiff_t i = 0; i < tileRows; i++)
        for (ptrdiff_t j = 0; j < group->panels * lanes; j += lanes) {
            float *place = tile + i * tileColumns + j;
            const ptrdiff_t output = group->firstOutput + j;
            const IntLanes sums = *(const IntLanes *)place
                - *(const IntLanes *)(job->weightOffsets + output);
            store(place, __builtin_convertvector(sums, Lanes)
                             * (splat(steps[i]) * load(job->weightSteps + output)));
        }
}

// Products in a format of so many inputs a word; weights of 4 bits become those of 8.
INLINE void multiplyWords(const TesseraMultiply *job, TesseraBlock block, const int perWord,
                          const int isPacked, ShortTile *const *tiles) {
    const ptrdiff_t depth = job->inputCount, wordCount = (depth + perWord - 1) / perWord;
    const ptrdiff_t panelWords = isPacked ? groupsOf(depth) * 2 * groupWords : wordCount;
    uint32_t *unpacked =
        isPacked ? tessera_scratch((size_t)(tileColumns * panelWords) * sizeof *unpacked) : NULL;
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    OutputGroup group;
    for (ptrdiff_t panel = block.firstPanel; panel < block.lastPanel; panel += group.panels) {
        group = outputGroup(job, panel, block.lastPanel, 0);
        if (isPacked) unpackGroup(&group, unpacked);
        ShortOperands operands = {
            .runCount = 1, .wordCount = wordCount, .panelStride = panelWords * lanes,
            .weights = isPacked ? unpacked
                                : (const uint32_t *)job->weights + panel * wordCount * lanes};
        for (ptrdiff_t row = block.first; row < block.last; row += tileRows) {
            const ptrdiff_t count = block.last - row < tileRows ? block.last - row : tileRows;
            float steps[TILE_ROWS];
            for (ptrdiff_t i = 0; i < tileRows; i++) {
                const ptrdiff_t source = row + (i < count ? i : count - 1);
                operands.rows[i] = job->words + source * wordCount;
                if (perWord == 4) steps[i] = job->wordSteps[source];
            }
            tiles[group.panels - 1](&operands, tile);
            if (perWord == 4) scaleTile(&group, tile, steps);
            finishTile(&group, tile, row, count);
        }
    }
}

static void productBfloat16(const TesseraMultiply *job, TesseraBlock block) {
    multiplyWords(job, block, 2, 0, pairTiles);
}

static void productInt8(const TesseraMultiply *job, TesseraBlock block) {
    multiplyWords(job, block, 4, 0, quadTiles);
}

static void productInt4(const TesseraMultiply *job, TesseraBlock block) {
    multiplyWords(job, block, 4, 1, quadTiles);
}

static void roundBfloat16(const float *x, uint32_t *words, ptrdiff_t rows, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < rows; i++) pairRow(x + i * count, count, words + i * ((count + 1) / 2));
}

static void roundInt8(const float *x, uint32_t *words, float *steps, ptrdiff_t rows,
                      ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < rows; i++)
        steps[i] = quadRow(x + i * count, count, words + i * ((count + 3) / 4));
}
