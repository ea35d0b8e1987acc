// Convolutions in bf16 that add up tap by tap: multiplyBfloat16.
//
// A few lines of the image are rounded, two inputs a word, with zeros on both sides. The taps of a
// line then follow each other in memory, so that a tile reads one run of words for each line of the
// kernel and no pixel is rounded for each tap.

// Lines of outputs that are computed together.
enum { linesAtOnce = 8 };

// Rounds `count` lines of an image from `top` on, each with `pad` pixels of zeros on both sides.
static void roundLines(const TesseraMultiply *job, const float *image, ptrdiff_t top,
                       ptrdiff_t count, ptrdiff_t pad, uint32_t *words) {
    const ptrdiff_t width = job->width * job->inputCount, margin = pad * job->inputCount / 2;
    const ptrdiff_t lineWords = width / 2 + 2 * margin;
    for (ptrdiff_t y = top; y < top + count; y++, words += lineWords) {
        if (y < 0 || y >= job->height) {
            memset(words, 0, (size_t)lineWords * sizeof *words);
            continue;
        }
        memset(words, 0, (size_t)margin * sizeof *words);
        pairRow(image + y * width, width, words + margin);
        memset(words + lineWords - margin, 0, (size_t)margin * sizeof *words);
    }
}

static void multiplyBfloat16(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last) {
    const ptrdiff_t kernel = job->kernel, stride = job->stride, pad = (kernel - 1) / 2;
    const ptrdiff_t pixel = job->inputCount / 2, line = (job->width + 2 * pad) * pixel;
    const ptrdiff_t panelWords = kernel * kernel * pixel * lanes;
    uint32_t *words = tessera_scratch(
        (size_t)(((linesAtOnce - 1) * stride + kernel) * line) * sizeof *words);
    float tile[TILE_ROWS * TILE_PANELS * 16] __attribute__((aligned(64)));
    for (ptrdiff_t position = first, end; position < last; position = end) {
        const ptrdiff_t top = position / job->outputWidth, image = top / job->outputHeight;
        const ptrdiff_t left = (image + 1) * job->outputHeight - top;
        end = (top + (left < linesAtOnce ? left : linesAtOnce)) * job->outputWidth;
        if (end > last) end = last;
        roundLines(job, job->input + image * job->height * job->width * job->inputCount,
                   top % job->outputHeight * stride - pad,
                   ((end - 1) / job->outputWidth - top) * stride + kernel, pad, words);
        OutputGroup group;
        for (ptrdiff_t panel = 0; panel < panelsOf(job); panel += group.panels) {
            group = outputGroup(job, panel, panelsOf(job), 0);
            ShortOperands operands = {
                .runCount = kernel, .runStride = line, .wordCount = kernel * pixel,
                .panelStride = panelWords,
                .weights = (const uint32_t *)job->weights + panel * panelWords};
            for (ptrdiff_t p = position, count; p < end; p += count) {
                const ptrdiff_t x = p % job->outputWidth;
                count = job->outputWidth - x < end - p ? job->outputWidth - x : end - p;
                if (count > tileRows) count = tileRows;
                const uint32_t *corner = words + (p / job->outputWidth - top) * stride * line;
                for (ptrdiff_t i = 0; i < tileRows; i++)
                    operands.rows[i] = corner + (x + (i < count ? i : count - 1)) * stride * pixel;
                pairTiles[group.panels - 1](&operands, tile);
                finishTile(&group, tile, p, count);
            }
        }
    }
}
