// Correlation, of which a product is the case of one tap: TesseraMultiply.

// Columns of an output that are computed together: all rows of a range for these panels, so that
// the panels stay in the cache.
typedef struct {
    const TesseraMultiply *job;
    const float *weights;
    ptrdiff_t panels, firstOutput, outputs;
    float bias[TILE_PANELS * 16];
} OutputGroup;

// Fills the sources of `count` neighbouring outputs from (y, x) of an image.
INLINE void findSources(const TesseraMultiply *job, const float *image, ptrdiff_t y, ptrdiff_t x,
                        ptrdiff_t count, const float **sources) {
    const ptrdiff_t kernel = job->kernel, pad = (kernel - 1) / 2, depth = job->inputCount;
    const ptrdiff_t step = job->stride * depth;
    // 1 where zeros stand between the pixels, at odd places: their number is a shift, not a division.
    const ptrdiff_t halved = job->spacing - 1;
    const ptrdiff_t left = x * job->stride - pad;
    const ptrdiff_t right = (x + count - 1) * job->stride + pad;
    const int interior = !halved && left >= 0 && right < job->width && count == tileRows;
    for (ptrdiff_t ky = 0; ky < kernel; ky++) {
        ptrdiff_t row = y * job->stride + ky - pad;
        const int outside =
            row < 0 || (row & halved) || (row >>= halved) >= job->height;
        const float *line = image + (outside ? 0 : row) * job->width * depth;
        for (ptrdiff_t kx = 0; kx < kernel; kx++, sources += tileRows) {
            if (outside) {
                sources[0] = NULL;
            } else if (interior) {
                for (int i = 0; i < tileRows; i++) sources[i] = line + (left + kx) * depth + i * step;
            } else {
                for (ptrdiff_t i = 0; i < tileRows; i++) {
                    // Rows beyond the count repeat the last one; nobody stores them.
                    const ptrdiff_t column = left + kx + (i < count ? i : count - 1) * job->stride;
                    const int none = column < 0 || (column & halved)
                        || column >> halved >= job->width;
                    sources[i] = none ? job->zeros : line + (column >> halved) * depth;
                }
            }
        }
    }
}

INLINE Lanes activated(Lanes x, TesseraActivation activation) {
    switch (activation) {
    case TesseraActivationNone: return x;
    case TesseraActivationRelu: return larger(x, splat(0));
    case TesseraActivationGelu: return gelu(x);
    case TesseraActivationSilu: return silu(x);
    }
}

// Adds bias and residual to sixteen outputs of a group from output j on, applies activation and mask
// and stores those that there are, and where they are positive. `index` is where the group's outputs of
// this position begin. What they have become is returned.
INLINE Lanes finishLanes(const OutputGroup *group, Lanes x, ptrdiff_t index, ptrdiff_t j) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t count = group->outputs - j;
    x += load(group->bias + j);
    if (job->residual) x += loadUpTo(job->residual + index + j, count);
    x = activated(x, job->activation);
    if (job->mask) x = choose(lanesOf(bitsFrom(job->mask, index + j)), x, splat(0));
    if (job->positives) job->positives[(index + j) / lanes] = bitsOf(x > splat(0));
    storeUpTo(job->output + index + j, x, count);
    return x;
}

INLINE void finishTile(const OutputGroup *group, const float *tile, ptrdiff_t position,
                       ptrdiff_t rows) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        const ptrdiff_t index = (position + i) * group->job->outputCount + group->firstOutput;
        for (ptrdiff_t j = 0; j < group->outputs; j += lanes)
            finishLanes(group, load(tile + i * tileColumns + j), index, j);
    }
}

static void multiplyGroup(const OutputGroup *group, ptrdiff_t first, ptrdiff_t last) {
    const TesseraMultiply *job = group->job;
    const ptrdiff_t taps = job->kernel * job->kernel;
    const float *sources[9 * TILE_ROWS];
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    const TileOperands operands = {
        .sources = sources, .tapCount = taps, .depth = job->inputCount, .weights = group->weights,
        .panelStride = taps * job->inputCount * lanes};
    for (ptrdiff_t position = first; position < last;) {
        const ptrdiff_t x = position % job->outputWidth, line = position / job->outputWidth;
        const ptrdiff_t image = line / job->outputHeight;
        ptrdiff_t count = job->outputWidth - x;
        if (count > last - position) count = last - position;
        if (count > tileRows) count = tileRows;
        findSources(job, job->input + image * job->height * job->width * job->inputCount,
                    line % job->outputHeight, x, count, sources);
        computeTile(&operands, group->panels, tile);
        finishTile(group, tile, position, count);
        position += count;
    }
}

INLINE ptrdiff_t panelsOf(const TesseraMultiply *job) {
    return (job->outputCount + lanes - 1) / lanes;
}

// The group of outputs that begins at a panel and ends before another at the latest; its weights are
// panelSize floats a panel.
INLINE OutputGroup outputGroup(const TesseraMultiply *job, ptrdiff_t panel, ptrdiff_t lastPanel,
                               ptrdiff_t panelSize) {
    const ptrdiff_t panels = nextPanels(lastPanel - panel);
    const ptrdiff_t output = panel * lanes, left = job->outputCount - output;
    OutputGroup group = {
        .job = job, .weights = (const float *)job->weights + panel * panelSize, .panels = panels,
        .firstOutput = output, .outputs = left < panels * lanes ? left : panels * lanes};
    for (ptrdiff_t i = 0; job->bias && i < group.outputs; i++)
        group.bias[i] = job->bias[output + i];
    return group;
}

static void product(const TesseraMultiply *job, TesseraBlock block) {
    const ptrdiff_t panelSize = job->kernel * job->kernel * job->inputCount * lanes;
    OutputGroup group;
    for (ptrdiff_t panel = block.firstPanel; panel < block.lastPanel; panel += group.panels) {
        group = outputGroup(job, panel, block.lastPanel, panelSize);
        multiplyGroup(&group, block.first, block.last);
    }
}

static void multiply(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last) {
    product(job, (TesseraBlock){first, last, 0, panelsOf(job)});
}
