// A part of compare.c.
// Winograd's other layouts beside plain ones that are moved before or after, and the sums of outputs.
static void compare_layouts(const TesseraKernels *fast, ptrdiff_t height, ptrdiff_t width) {
    enum { images = 2, inputs = 64, outputs = 64 };
    if (!fast->winograd) return;
    const ptrdiff_t rows = images * height, pixels = rows * width, count = pixels * inputs;
    float *small = random_floats(count), *large = random_floats(4 * count);
    float *weights = random_floats(outputs * 9 * inputs), *bias = random_floats(outputs);
    float *packed = random_floats(tessera_packed_count(outputs, 9, inputs));
    float *points = random_floats(tessera_winograd_count(outputs, inputs));
    float *got = random_floats(4 * count), *wanted = random_floats(4 * count);
    float *plain = random_floats(4 * count);
    tessera_pack(weights, packed, outputs, 9, inputs);
    tessera_pack_winograd(packed, points, outputs, inputs);
    TesseraMultiply job = {
        .weights = points, .inputCount = inputs, .outputCount = outputs, .kernel = 3, .stride = 1,
        .spacing = 1, .height = height, .width = width, .outputHeight = height,
        .outputWidth = width, .activation = TesseraActivationRelu};
    const ptrdiff_t squares = images * ((height + 3) / 4) * ((width + 3) / 4);
    const TesseraBlock all = {0, squares, 0, outputs / TESSERA_PANEL};

    // Outputs shuffled, and inputs unshuffled.
    job.input = small, job.bias = bias, job.output = plain;
    fast->winograd(&job, all);
    tessera_pixel_shuffle(plain, wanted, rows, width, outputs / 4);
    job.output = got, job.outputLayout = TesseraOutputShuffled;
    fast->winograd(&job, all);
    expect_close("winograd, shuffled", got, wanted, count);
    tessera_pixel_shuffle(small, large, rows, width, inputs / 4);
    job.input = large, job.inputLayout = TesseraInputUnshuffled;
    job.outputLayout = TesseraOutputPlain;
    // Sums in one block, which begins where squares that are summed do.
    const ptrdiff_t parts = (squares + TESSERA_SUMMED_SQUARES - 1) / TESSERA_SUMMED_SQUARES;
    float *sums = random_floats(parts * 2 * outputs), total[2 * outputs] = {0};
    float added[2 * outputs] = {0};
    job.sums = sums;
    fast->winograd(&job, all);
    expect_close("winograd, unshuffled", got, plain, count);
    for (ptrdiff_t i = 0; i < parts * 2 * outputs; i++) added[i % (2 * outputs)] += sums[i];
    for (ptrdiff_t i = 0; i < count; i++) {
        total[i % outputs] += plain[i];
        total[outputs + i % outputs] += plain[i] * plain[i];
    }
    expect_close("sums of winograd", added, total, 2 * outputs);

    // Each pixel for four, and the sums of four.
    job.sums = NULL, job.bias = NULL, job.activation = TesseraActivationNone;
    job.height = job.outputHeight = 2 * height, job.width = job.outputWidth = 2 * width;
    const TesseraBlock larger = {
        0, images * ((2 * height + 3) / 4) * ((2 * width + 3) / 4), 0, outputs / TESSERA_PANEL};
    tessera_nearest_upsample(small, large, rows, width, inputs);
    job.inputLayout = TesseraInputPlain, job.output = plain;
    fast->winograd(&job, larger);
    job.input = small, job.inputLayout = TesseraInputRepeated, job.output = got;
    fast->winograd(&job, larger);
    expect_close("winograd, repeated", got, plain, 4 * count);
    tessera_nearest_upsample_pullback(plain, wanted, rows, width, outputs);
    job.outputLayout = TesseraOutputPooled;
    fast->winograd(&job, larger);
    expect_close("winograd, pooled", got, wanted, count);
    free(small), free(large), free(weights), free(bias), free(packed), free(points), free(sums);
    free(got), free(wanted), free(plain);
}
