// Attention in blocks of keys with a running maximum and sum: TesseraAttention.
enum { keyBlock = 128 };

// One head of one sequence: its keys and values as packed panels, and the room for one tile of
// queries.
typedef struct {
    const TesseraAttention *job;
    const float *queries;          // the head's first query; rows are 3 * channels apart
    float *output;                 // the head's first output; rows are channels apart
    ptrdiff_t channels, valuePanels;
    float *keys;                   // [key panels][headWidth][16]
    float *values;                 // [valuePanels][length][16]
    float *sums;                   // [tileRows][valuePanels * 16]
} Head;

static void packHead(const Head *head) {
    const ptrdiff_t length = head->job->length, width = head->job->headWidth;
    for (ptrdiff_t row = 0; row < length; row++) {
        const float *key = head->queries + row * 3 * head->channels + head->channels;
        float *panel = head->keys + row / lanes * width * lanes + row % lanes;
        for (ptrdiff_t c = 0; c < width; c++) panel[c * lanes] = key[c];
        const float *value = key + head->channels;
        for (ptrdiff_t c = 0; c < width; c += lanes)
            store(head->values + (c / lanes * length + row) * lanes,
                  width - c >= lanes ? load(value + c) : loadSome(value + c, width - c, 0));
    }
}

// scores[i][j] = q_i . k_j scale for the keys of a block; rows are keyBlock apart, and lanes beyond
// the keys are minus infinity.
static void scoreBlock(const Head *head, const float *const *queries, ptrdiff_t first,
                       ptrdiff_t count, float *scores) {
    const ptrdiff_t width = head->job->headWidth, panelCount = (count + lanes - 1) / lanes;
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    ptrdiff_t panels;
    for (ptrdiff_t panel = 0; panel < panelCount; panel += panels) {
        panels = nextPanels(panelCount - panel);
        const TileOperands operands = {
            .sources = queries, .tapCount = 1, .depth = width,
            .weights = head->keys + (first / lanes + panel) * width * lanes,
            .panelStride = width * lanes};
        computeTile(&operands, panels, tile);
        for (ptrdiff_t i = 0; i < tileRows; i++)
            for (ptrdiff_t j = 0; j < panels; j++)
                store(scores + i * keyBlock + (panel + j) * lanes,
                      load(tile + i * tileColumns + j * lanes) * splat(head->job->scale));
    }
    for (ptrdiff_t i = 0; i < tileRows; i++)
        for (ptrdiff_t j = count; j < panelCount * lanes; j++) scores[i * keyBlock + j] = -INFINITY;
}

// Turns the scores of a row into weights relative to the row's maximum so far, and returns the
// factor by which that maximum makes earlier weights smaller.
INLINE float weighRow(float *scores, ptrdiff_t count, float *maximum, float *sum) {
    Lanes top = splat(*maximum);
    for (ptrdiff_t j = 0; j < count; j += lanes) top = larger(load(scores + j), top);
    const float raised = highest(top);
    const float factor = exponential(splat(*maximum - raised))[0];
    Lanes weights = splat(0);
    for (ptrdiff_t j = 0; j < count; j += lanes) {
        const Lanes weight = exponential(load(scores + j) - splat(raised));
        store(scores + j, weight);
        weights += weight;
    }
    *sum = *sum * factor + total(weights);
    *maximum = raised;
    return factor;
}

// sums[i] = sums[i] factor[i] + weights[i] values, for the keys of a block.
static void addValues(const Head *head, const float *weights, const float *factors,
                      ptrdiff_t first, ptrdiff_t count) {
    const ptrdiff_t length = head->job->length, columns = head->valuePanels * lanes;
    const float *sources[TILE_ROWS];
    for (int i = 0; i < tileRows; i++) sources[i] = weights + i * keyBlock;
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    ptrdiff_t panels;
    for (ptrdiff_t panel = 0; panel < head->valuePanels; panel += panels) {
        panels = nextPanels(head->valuePanels - panel);
        const TileOperands operands = {
            .sources = sources, .tapCount = 1, .depth = count,
            .weights = head->values + (panel * length + first) * lanes,
            .panelStride = length * lanes};
        computeTile(&operands, panels, tile);
        for (ptrdiff_t i = 0; i < tileRows; i++)
            for (ptrdiff_t j = 0; j < panels; j++) {
                float *sum = head->sums + i * columns + (panel + j) * lanes;
                store(sum, load(sum) * splat(factors[i])
                               + load(tile + i * tileColumns + j * lanes));
            }
    }
}

static void attendQueries(const Head *head, ptrdiff_t first, ptrdiff_t rows) {
    const ptrdiff_t length = head->job->length, columns = head->valuePanels * lanes;
    const float *queries[TILE_ROWS];
    float maxima[TILE_ROWS], totals[TILE_ROWS], factors[TILE_ROWS];
    float scores[TILE_ROWS * keyBlock] __attribute__((aligned(64)));
    for (ptrdiff_t i = 0; i < tileRows; i++) {
        queries[i] = head->queries + (first + (i < rows ? i : rows - 1)) * 3 * head->channels;
        maxima[i] = -INFINITY;
        totals[i] = 0;
    }
    memset(head->sums, 0, (size_t)(tileRows * columns) * sizeof(float));
    for (ptrdiff_t key = 0; key < length; key += keyBlock) {
        const ptrdiff_t count = length - key < keyBlock ? length - key : keyBlock;
        scoreBlock(head, queries, key, count, scores);
        for (int i = 0; i < tileRows; i++)
            factors[i] = weighRow(scores + i * keyBlock, count, &maxima[i], &totals[i]);
        addValues(head, scores, factors, key, count);
    }
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t c = 0; c < head->job->headWidth; c++)
            head->output[(first + i) * head->channels + c] = head->sums[i * columns + c] / totals[i];
}

static void attention(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last) {
    const ptrdiff_t keyPanels = (job->length + lanes - 1) / lanes;
    Head head = {
        .job = job, .channels = job->headCount * job->headWidth,
        .valuePanels = (job->headWidth + lanes - 1) / lanes};
    const ptrdiff_t keyCount = keyPanels * job->headWidth * lanes;
    const ptrdiff_t valueCount = head.valuePanels * job->length * lanes;
    const ptrdiff_t sumCount = tileRows * head.valuePanels * lanes;
    float *room = tessera_scratch((size_t)(keyCount + valueCount + sumCount) * sizeof(float));
    memset(room, 0, (size_t)keyCount * sizeof(float));
    head.keys = room;
    head.values = room + keyCount;
    head.sums = room + keyCount + valueCount;
    for (ptrdiff_t unit = first; unit < last; unit++) {
        const ptrdiff_t row = unit / job->headCount * job->length;
        const ptrdiff_t column = unit % job->headCount * job->headWidth;
        head.queries = job->queryKeyValue + row * 3 * head.channels + column;
        head.output = job->output + row * head.channels + column;
        packHead(&head);
        for (ptrdiff_t query = 0; query < job->length; query += tileRows)
            attendQueries(&head, query,
                          job->length - query < tileRows ? job->length - query : tileRows);
    }
}
