// The slow twins of correlations and products, and the rounding of rows.

static float activate(float x, TesseraActivation activation) {
    switch (activation) {
    case TesseraActivationNone: return x;
    case TesseraActivationRelu: return x > 0 ? x : 0;
    case TesseraActivationGelu:
        return 0.5f * x * (1 + tanhf(0.7978845608f * (x + 0.044715f * x * x * x)));
    case TesseraActivationSilu: return x / (1 + expf(-x));
    }
}

// The input pixel that a tap of an output position reads, or zeros outside.
static const float *source(const TesseraMultiply *job, ptrdiff_t position, ptrdiff_t tap) {
    const ptrdiff_t x = position % job->outputWidth;
    const ptrdiff_t y = position / job->outputWidth % job->outputHeight;
    const ptrdiff_t image = position / job->outputWidth / job->outputHeight;
    const ptrdiff_t pad = (job->kernel - 1) / 2;
    const ptrdiff_t row = y * job->stride + tap / job->kernel - pad;
    const ptrdiff_t column = x * job->stride + tap % job->kernel - pad;
    if (row < 0 || column < 0 || row % job->spacing || column % job->spacing) return job->zeros;
    const ptrdiff_t inputRow = row / job->spacing, inputColumn = column / job->spacing;
    if (inputRow >= job->height || inputColumn >= job->width) return job->zeros;
    return job->input
        + ((image * job->height + inputRow) * job->width + inputColumn) * job->inputCount;
}

static float correlation(const TesseraMultiply *job, ptrdiff_t position, ptrdiff_t output) {
    const ptrdiff_t taps = job->kernel * job->kernel;
    const float *panel = (const float *)job->weights
        + output / TESSERA_PANEL * taps * job->inputCount * TESSERA_PANEL + output % TESSERA_PANEL;
    float sum = 0;
    for (ptrdiff_t tap = 0; tap < taps; tap++) {
        const float *pixel = source(job, position, tap);
        for (ptrdiff_t k = 0; k < job->inputCount; k++)
            sum += pixel[k] * panel[(tap * job->inputCount + k) * TESSERA_PANEL];
    }
    return sum;
}

static void setBit(uint16_t *words, ptrdiff_t bit, int isSet) {
    const uint32_t kept = bit % 16 ? words[bit / 16] : 0;
    words[bit / 16] = (uint16_t)(kept | (uint32_t)isSet << bit % 16);
}

// Adds bias and residual, applies activation and mask, and stores, and where it is positive.
static void finish(const TesseraMultiply *job, ptrdiff_t position, ptrdiff_t output, float sum) {
    const ptrdiff_t index = position * job->outputCount + output;
    if (job->bias) sum += job->bias[output];
    if (job->residual) sum += job->residual[index];
    const int passes = !job->mask || (job->mask[index / 16] >> index % 16 & 1);
    job->output[index] = passes ? activate(sum, job->activation) : 0;
    if (job->positives) setBit(job->positives, index, job->output[index] > 0);
}

static void multiply(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t position = first; position < last; position++)
        for (ptrdiff_t output = 0; output < job->outputCount; output++)
            finish(job, position, output, correlation(job, position, output));
}

// The float of a bf16, in the upper half of its bits.
static float fromBfloat16(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float roundedToBfloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return fromBfloat16((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u);
}

// One of the two numbers of a word.
static float pairElement(uint32_t word, ptrdiff_t k) {
    return fromBfloat16(k % 2 ? word & 0xFFFF0000u : word << 16);
}

// A word of an output, whose weights take so many.
static uint32_t pairWord(const TesseraMultiply *job, ptrdiff_t output, ptrdiff_t word,
                         ptrdiff_t words) {
    return ((const uint32_t *)job->weights)[
        (output / TESSERA_PANEL * words + word) * TESSERA_PANEL + output % TESSERA_PANEL];
}

static float bfloat16Correlation(const TesseraMultiply *job, ptrdiff_t position, ptrdiff_t output) {
    const ptrdiff_t taps = job->kernel * job->kernel, words = job->inputCount / 2;
    float sum = 0;
    for (ptrdiff_t tap = 0; tap < taps; tap++) {
        const float *pixel = source(job, position, tap);
        for (ptrdiff_t k = 0; k < job->inputCount; k++)
            sum += roundedToBfloat16(pixel[k])
                * pairElement(pairWord(job, output, tap * words + k / 2, taps * words), k);
    }
    return sum;
}

static void multiplyBfloat16(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last) {
    for (ptrdiff_t position = first; position < last; position++)
        for (ptrdiff_t output = 0; output < job->outputCount; output++)
            finish(job, position, output, bfloat16Correlation(job, position, output));
}

// The integer of an output and an input, in int8.
static int32_t byteWeight(const TesseraMultiply *job, ptrdiff_t output, ptrdiff_t input) {
    const ptrdiff_t words = (job->inputCount + 3) / 4;
    const ptrdiff_t place = output / TESSERA_PANEL * words + input / 4;
    const uint32_t word =
        ((const uint32_t *)job->weights)[place * TESSERA_PANEL + output % TESSERA_PANEL];
    return (int8_t)(word >> (input % 4 * 8));
}

// The same in int4: a code times its multiplier.
static int32_t nibbleWeight(const TesseraMultiply *job, ptrdiff_t output, ptrdiff_t input) {
    const ptrdiff_t lane = output % TESSERA_PANEL;
    const ptrdiff_t group = output / TESSERA_PANEL * tessera_group_count(job->inputCount) + input / 32;
    const uint32_t word =
        ((const uint32_t *)job->weights)[(group * 4 + input % 32 / 8) * TESSERA_PANEL + lane];
    const int32_t code = (int32_t)(word >> (input % 4 * 8 + input % 8 / 4 * 4) & 15) - 8;
    return code * job->weightMultipliers[group * TESSERA_PANEL + lane];
}

// Where a block's outputs end.
static ptrdiff_t lastOutput(const TesseraMultiply *job, TesseraBlock block) {
    const ptrdiff_t last = block.lastPanel * TESSERA_PANEL;
    return last < job->outputCount ? last : job->outputCount;
}

static void product(const TesseraMultiply *job, TesseraBlock block) {
    for (ptrdiff_t row = block.first; row < block.last; row++)
        for (ptrdiff_t output = block.firstPanel * TESSERA_PANEL; output < lastOutput(job, block);
             output++)
            finish(job, row, output, correlation(job, row, output));
}

static void productBfloat16(const TesseraMultiply *job, TesseraBlock block) {
    const ptrdiff_t words = (job->inputCount + 1) / 2;
    for (ptrdiff_t row = block.first; row < block.last; row++)
        for (ptrdiff_t output = block.firstPanel * TESSERA_PANEL; output < lastOutput(job, block);
             output++) {
            float sum = 0;
            for (ptrdiff_t k = 0; k < job->inputCount; k++) {
                const uint32_t factor = job->words[row * words + k / 2];
                sum += pairElement(factor, k) * pairElement(pairWord(job, output, k / 2, words), k);
            }
            finish(job, row, output, sum);
        }
}

static void multiplyIntegers(const TesseraMultiply *job, TesseraBlock block,
                             int32_t (*weight)(const TesseraMultiply *, ptrdiff_t, ptrdiff_t)) {
    const ptrdiff_t words = (job->inputCount + 3) / 4;
    for (ptrdiff_t row = block.first; row < block.last; row++)
        for (ptrdiff_t output = block.firstPanel * TESSERA_PANEL; output < lastOutput(job, block);
             output++) {
            int32_t sum = 0;
            for (ptrdiff_t k = 0; k < job->inputCount; k++) {
                const uint32_t word = job->words[row * words + k / 4];
                sum += ((int32_t)(word >> (k % 4 * 8) & 255) - 128) * weight(job, output, k);
            }
            finish(job, row, output, (float)sum * (job->wordSteps[row] * job->weightSteps[output]));
        }
}

static void productInt8(const TesseraMultiply *job, TesseraBlock block) {
    multiplyIntegers(job, block, byteWeight);
}

static void productInt4(const TesseraMultiply *job, TesseraBlock block) {
    multiplyIntegers(job, block, nibbleWeight);
}

static void roundBfloat16(const float *x, uint32_t *words, ptrdiff_t rows, ptrdiff_t count) {
    const ptrdiff_t wordCount = (count + 1) / 2;
    memset(words, 0, (size_t)(rows * wordCount) * sizeof *words);
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t k = 0; k < count; k++) {
            const float rounded = roundedToBfloat16(x[row * count + k]);
            uint32_t bits;
            memcpy(&bits, &rounded, sizeof bits);
            words[row * wordCount + k / 2] |= bits >> 16 << (k % 2 * 16);
        }
}

static void roundInt8(const float *x, uint32_t *words, float *steps, ptrdiff_t rows,
                      ptrdiff_t count) {
    const ptrdiff_t wordCount = (count + 3) / 4;
    for (ptrdiff_t row = 0; row < rows; row++, x += count, words += wordCount) {
        float largest = 0;
        for (ptrdiff_t k = 0; k < count; k++) largest = fmaxf(largest, fabsf(x[k]));
        const float inverse = largest > 0 ? 127 / largest : 0;
        steps[row] = largest / 127;
        for (ptrdiff_t k = 0; k < wordCount * 4; k++) {
            const int32_t integer = k < count ? (int32_t)rintf(x[k] * inverse) : 0;
            words[k / 4] = (k % 4 ? words[k / 4] : 0) | (uint32_t)(integer + 128) << (k % 4 * 8);
        }
    }
}
