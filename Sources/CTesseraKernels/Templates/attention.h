// Attention in blocks of keys with a running maximum and sum: TesseraAttention. In bf16 queries, keys,
// values and weights are rounded as they are read; scores, maxima and sums are not.
enum { keyBlock = 512 };

// One head of one sequence: its keys and values as packed panels, and the room for one tile of
// queries. `perWord` is 1 for f32; in bf16 it is 2, and a word holds two neighbouring channels of a
// key or a query, or the same channel of two neighbouring values.
typedef struct {
    const TesseraAttention *job;
    const float *queries;          // the head's first query; rows are 3 * channels apart
    const float *context;          // what stands beside its first key and value, likewise
    float *output;                 // the head's first output; rows are channels apart
    ptrdiff_t channels, valuePanels;
    ptrdiff_t keyDepth;            // words of a key: ceil(headWidth / perWord)
    ptrdiff_t valueDepth;          // words of a channel's values: ceil(length / perWord)
    float *keys;                   // [key panels][keyDepth][16] words
    float *values;                 // [valuePanels][valueDepth][16] words
    float *sums;                   // [tileRows][valuePanels * 16]
    uint32_t *rows;                // [tileRows][keyDepth], the queries of a tile in bf16
} Head;

static void packHead(const Head *head) {
    const ptrdiff_t length = head->job->length, width = head->job->headWidth;
    for (ptrdiff_t row = 0; row < length; row++) {
        const float *key = head->context + row * 3 * head->channels + head->channels;
        float *panel = head->keys + row / lanes * width * lanes + row % lanes;
        for (ptrdiff_t c = 0; c < width; c++) panel[c * lanes] = key[c];
        const float *value = key + head->channels;
        for (ptrdiff_t c = 0; c < width; c += lanes)
            store(head->values + (c / lanes * length + row) * lanes,
                  width - c >= lanes ? load(value + c) : loadSome(value + c, width - c, 0));
    }
}

// The upper halves of sixteen floats, rounded to even, in the lower halves of words.
INLINE IntLanes roundedHalves(Lanes x) {
    typedef uint32_t Bits __attribute__((vector_size(64)));
    const Bits bits = (Bits)x;
    return (IntLanes)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static void packHeadBfloat16(const Head *head) {
    const ptrdiff_t length = head->job->length, width = head->job->headWidth;
    uint32_t *keys = (uint32_t *)head->keys;
    for (ptrdiff_t row = 0; row < length; row++) {
        const float *key = head->context + row * 3 * head->channels + head->channels;
        uint32_t *panel = keys + row / lanes * head->keyDepth * lanes + row % lanes;
        pairRow(key, width, head->rows);
        for (ptrdiff_t c = 0; c < head->keyDepth; c++) panel[c * lanes] = head->rows[c];
    }
    for (ptrdiff_t pair = 0; pair < head->valueDepth; pair++) {
        const float *first = head->context + 2 * pair * 3 * head->channels + 2 * head->channels;
        const float *second = first + 3 * head->channels;
        for (ptrdiff_t c = 0; c < width; c += lanes) {
            IntLanes words = roundedHalves(loadUpTo(first + c, width - c));
            if (2 * pair + 1 < length) words |= roundedHalves(loadUpTo(second + c, width - c)) << 16;
            *(IntLanes *)(head->values + (c / lanes * head->valueDepth + pair) * lanes) = words;
        }
    }
}

// tile[i][j] = sources[i] . column j of packed panels, `depth` words deep and panelStride apart.
INLINE void attentionTile(const float *const *sources, ptrdiff_t depth, const float *weights,
                          ptrdiff_t panelStride, ptrdiff_t panels, const int perWord, float *tile) {
    if (perWord == 1) {
        const TileOperands operands = {
            .sources = sources, .tapCount = 1, .depth = depth, .weights = weights,
            .panelStride = panelStride};
        computeTile(&operands, panels, tile);
    } else {
        ShortOperands operands = {
            .runCount = 1, .wordCount = depth, .weights = (const uint32_t *)weights,
            .panelStride = panelStride};
        for (int i = 0; i < tileRows; i++) operands.rows[i] = (const uint32_t *)sources[i];
        pairTiles[panels - 1](&operands, tile);
    }
}

// scores[i][j] = q_i . k_j scale for the keys of a block, in bf16 times log2(e); rows are keyBlock apart,
// and lanes beyond the keys are minus infinity. Raises the lanes of tops[i] to the largest of them.
INLINE void scoreBlock(const Head *head, const float *const *queries, ptrdiff_t first,
                       ptrdiff_t count, const int perWord, float *scores, Lanes *tops) {
    const ptrdiff_t depth = head->keyDepth, panelCount = (count + lanes - 1) / lanes;
    const Lanes scale = splat(perWord == 2 ? head->job->scale * 1.44269504f : head->job->scale);
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    ptrdiff_t panels;
    for (ptrdiff_t panel = 0; panel < panelCount; panel += panels) {
        panels = nextPanels(panelCount - panel);
        attentionTile(queries, depth, head->keys + (first / lanes + panel) * depth * lanes,
                      depth * lanes, panels, perWord, tile);
        for (ptrdiff_t j = count - panel * lanes; j < panels * lanes; j++)
            for (ptrdiff_t i = 0; i < tileRows; i++) tile[i * tileColumns + j] = -INFINITY;
        for (ptrdiff_t i = 0; i < tileRows; i++)
            for (ptrdiff_t j = 0; j < panels; j++) {
                const Lanes score = load(tile + i * tileColumns + j * lanes) * scale;
                store(scores + i * keyBlock + (panel + j) * lanes, score);
                tops[i] = larger(score, tops[i]);
            }
    }
}

// What a score's difference from the largest makes of a weight.
INLINE Lanes weightOf(Lanes difference, const int perWord) {
    return perWord == 2 ? powerOfTwo(difference) : exponential(difference);
}

// Turns the scores of a row into weights relative to the row's maximum so far, in bf16 rounded, and
// returns the factor by which that maximum makes earlier weights smaller.
INLINE float weighRow(float *scores, ptrdiff_t count, Lanes top, float *maximum, float *sum,
                      const int perWord) {
    const float raised = highest(top);
    const float factor = weightOf(splat(*maximum - raised), perWord)[0];
    Lanes weights = splat(0);
    for (ptrdiff_t j = 0; j < count; j += lanes) {
        const Lanes weight = weightOf(load(scores + j) - splat(raised), perWord);
        weights += weight;
        if (perWord == 2)
            storeHalves((uint16_t *)scores + j, weight);  // behind what is still to be read
        else
            store(scores + j, weight);
    }
    *sum = *sum * factor + total(weights);
    *maximum = raised;
    return factor;
}

// sums[i] = sums[i] factor[i] + weights[i] values, for the keys of a block.
INLINE void addValues(const Head *head, const float *weights, const float *factors, ptrdiff_t first,
                      ptrdiff_t count, const int perWord) {
    const ptrdiff_t columns = head->valuePanels * lanes;
    const float *sources[TILE_ROWS];
    for (int i = 0; i < tileRows; i++) sources[i] = weights + i * keyBlock;
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    ptrdiff_t panels;
    for (ptrdiff_t panel = 0; panel < head->valuePanels; panel += panels) {
        panels = nextPanels(head->valuePanels - panel);
        attentionTile(sources, (count + perWord - 1) / perWord,
                      head->values + (panel * head->valueDepth + first / perWord) * lanes,
                      head->valueDepth * lanes, panels, perWord, tile);
        for (ptrdiff_t i = 0; i < tileRows; i++)
            for (ptrdiff_t j = 0; j < panels; j++) {
                float *sum = head->sums + i * columns + (panel + j) * lanes;
                store(sum, load(sum) * splat(factors[i])
                               + load(tile + i * tileColumns + j * lanes));
            }
    }
}

INLINE void attendQueries(const Head *head, ptrdiff_t first, ptrdiff_t rows, const int perWord) {
    const ptrdiff_t length = head->job->length, columns = head->valuePanels * lanes;
    const float *queries[TILE_ROWS];
    Lanes tops[TILE_ROWS];
    float maxima[TILE_ROWS], totals[TILE_ROWS], factors[TILE_ROWS];
    float scores[TILE_ROWS * keyBlock] __attribute__((aligned(64)));
    for (ptrdiff_t i = 0; i < tileRows; i++) {
        queries[i] = head->queries + (first + (i < rows ? i : rows - 1)) * 3 * head->channels;
        if (perWord == 2) {
            uint32_t *row = head->rows + i * head->keyDepth;
            pairRow(queries[i], head->job->headWidth, row);
            queries[i] = (const float *)row;
        }
        tops[i] = splat(-INFINITY);
        maxima[i] = -INFINITY;
        totals[i] = 0;
    }
    memset(head->sums, 0, (size_t)(tileRows * columns) * sizeof(float));
    for (ptrdiff_t key = 0; key < length; key += keyBlock) {
        const ptrdiff_t count = length - key < keyBlock ? length - key : keyBlock;
        scoreBlock(head, queries, key, count, perWord, scores, tops);
        for (int i = 0; i < tileRows; i++)
            factors[i] =
                weighRow(scores + i * keyBlock, count, tops[i], &maxima[i], &totals[i], perWord);
        addValues(head, scores, factors, key, count, perWord);
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t c = 0; c < head->job->headWidth; c++)
            head->output[(first + i) * head->channels + c] = head->sums[i * columns + c] / totals[i];
}

INLINE void attend(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last, const int perWord) {
    const ptrdiff_t keyPanels = (job->length + lanes - 1) / lanes;
    Head head = {
        .job = job, .channels = job->headCount * job->headWidth,
        .valuePanels = (job->headWidth + lanes - 1) / lanes,
        .keyDepth = (job->headWidth + perWord - 1) / perWord,
        .valueDepth = (job->length + perWord - 1) / perWord};
    const ptrdiff_t keyCount = keyPanels * head.keyDepth * lanes;
    const ptrdiff_t valueCount = head.valuePanels * head.valueDepth * lanes;
    const ptrdiff_t sumCount = tileRows * head.valuePanels * lanes;
    const ptrdiff_t rowCount = perWord == 2 ? tileRows * head.keyDepth : 0;
    float *room = tessera_scratch(
        (size_t)(keyCount + valueCount + sumCount + rowCount) * sizeof(float));
    memset(room, 0, (size_t)keyCount * sizeof(float));
    head.keys = room;
    head.values = room + keyCount;
    head.sums = room + keyCount + valueCount;
    head.rows = (uint32_t *)(room + keyCount + valueCount + sumCount);
    const ptrdiff_t size = (job->queryCount + job->partCount - 1) / job->partCount;
    for (ptrdiff_t part = first; part < last; part++) {
        const ptrdiff_t unit = part / job->partCount, query = part % job->partCount * size;
        const ptrdiff_t batch = unit / job->headCount, column = unit % job->headCount * job->headWidth;
        head.queries = job->queries + batch * job->queryCount * 3 * head.channels + column;
        head.context = job->context + batch * job->length * 3 * head.channels + column;
        head.output = job->output + batch * job->queryCount * head.channels + column;
        if (part == first || query == 0) {
            if (perWord == 2)
                packHeadBfloat16(&head);
            else
                packHead(&head);
        }
        const ptrdiff_t end = query + size < job->queryCount ? query + size : job->queryCount;
        for (ptrdiff_t row = query; row < end; row += tileRows)
            attendQueries(&head, row, end - row < tileRows ? end - row : tileRows, perWord);
    }
}

static void attention(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last) {
    attend(job, first, last, 1);
}

static void attentionBfloat16(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last) {
    attend(job, first, last, 2);
}
