// The kernels of Tessera: what they compute, and the table that holds one version of each per
// instruction set. All arrays are f32 in row-major order with channels last; none may overlap an
// output. Ranges are [first, last): callers split work over outputs and never over sums, so that a
// result has the same bits for any number of threads.
#ifndef TESSERA_KERNELS_H
#define TESSERA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// The outputs that one panel of packed weights holds.
#define TESSERA_PANEL 16
// The squares of 4 x 4 outputs whose sums TesseraMultiply keeps together.
#define TESSERA_SUMMED_SQUARES 16

typedef enum __attribute__((enum_extensibility(closed))) TesseraLevel : int32_t {
    TesseraLevelReference = 0, // slow twins: plain loops in the order of the formulas
    TesseraLevelScalar = 1,    // what the compiler's baseline offers
    TesseraLevelAVX2 = 2,      // AVX2 and FMA
    TesseraLevelAVX512 = 3,    // AVX-512 F, BW, DQ, VL
    TesseraLevelNEON = 4,      // 64-bit ARM
    TesseraLevelAVX512Dot = 5, // AVX-512 with BF16, VNNI and VPOPCNTDQ besides
} TesseraLevel;

// How an image lies in memory that a convolution reads, in steps of what the convolution sees.
typedef enum __attribute__((enum_extensibility(closed))) TesseraInputLayout : int32_t {
    TesseraInputPlain = 0,
    TesseraInputRepeated = 1,   // [height / 2, width / 2, inputCount]: as if tessera_nearest_upsample
    TesseraInputUnshuffled = 2, // [height * 2, width * 2, inputCount / 4]: tessera_pixel_unshuffle;
                                // inputCount / 4 in whole panels
} TesseraInputLayout;

// How outputs are stored: the adjoints of the above.
typedef enum __attribute__((enum_extensibility(closed))) TesseraOutputLayout : int32_t {
    TesseraOutputPlain = 0,
    TesseraOutputPooled = 1,   // [outputHeight / 2, outputWidth / 2, outputCount], sums of 2 x 2, without
                               // bias, residual, activation, mask or sums
    TesseraOutputShuffled = 2, // [outputHeight * 2, outputWidth * 2, outputCount / 4], and residual and
                               // mask alike; outputCount / 4 in whole panels
} TesseraOutputLayout;

typedef enum __attribute__((enum_extensibility(closed))) TesseraActivation : int32_t {
    TesseraActivationNone = 0,
    TesseraActivationRelu = 1,
    TesseraActivationGelu = 2, // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
    TesseraActivationSilu = 3, // x / (1 + e^(-x))
} TesseraActivation;

// output = activation(correlation of input with weights + bias + residual), where the mask's bit is
// set; else 0.
//
// An output at (Y, X) reads the input at (Y stride + ky - pad, X stride + kx - pad) for ky and kx
// below `kernel`, where pad = (kernel - 1) / 2 and what lies outside is zero. With spacing 2 the
// input is read as if a zero row and column stood between neighbours: the pullback of stride 2.
// A matrix product is the case kernel = 1, height = 1, width = rows.
//
// winograd and winogradBfloat16 alone know other layouts than plain ones, and sums.
typedef struct {
    const float *input;                // [images, height, width, inputCount]
    const uint32_t *_Nullable words;   // of products in shorter formats, the input as it was rounded
    const float *_Nullable wordSteps;  // int8 and int4 alone, of each row
    const void *weights;               // from tessera_pack, or what a kernel says
    const float *_Nullable weightSteps;     // int8 and int4 alone, of each output
    const int32_t *_Nullable weightOffsets; // int8 and int4 alone, as weights are packed
    const uint8_t *_Nullable weightMultipliers; // int4 alone, as weights are packed
    const float *_Nullable bias;       // [outputCount]
    const float *_Nullable residual;   // like output
    const uint16_t *_Nullable mask;    // a bit for each output, from `positives`, and a word more that
                                       // can be read; null lets everything pass
    const float *_Nullable zeros;      // [inputCount] zeros; none for weights in a shorter format
    float *output;                     // [images, outputHeight, outputWidth, outputCount]
    // [squares / TESSERA_SUMMED_SQUARES, rounded up][2][outputCount]: of the outputs of so many squares
    // the sum and the sum of squares. Blocks then begin and end where these do.
    float *_Nullable sums;
    uint16_t *_Nullable positives;     // where outputs are above 0; outputCount in whole panels
    ptrdiff_t height, width, inputCount;
    ptrdiff_t outputHeight, outputWidth, outputCount;
    ptrdiff_t kernel;                  // 1 or 3
    ptrdiff_t stride;                  // 1 or 2
    ptrdiff_t spacing;                 // 1 or 2
    TesseraInputLayout inputLayout;
    TesseraOutputLayout outputLayout;
    TesseraActivation activation;
} TesseraMultiply;

// A part of a product: rows, or squares of outputs, [first, last), and panels of outputs
// [firstPanel, lastPanel).
typedef struct {
    ptrdiff_t first, last, firstPanel, lastPanel;
} TesseraBlock;

// output = softmax(q k^T scale) v for every head on its own; scores are never stored whole.
//
// Rows hold queries, keys and values side by side. Queries attend to the context: itself where both are
// the same rows, and otherwise what other rows have left of an earlier pass.
typedef struct {
    const float *queries;              // [batch * queryCount, 3 * headCount * headWidth], the first third
    const float *context;              // [batch * length, 3 * headCount * headWidth], the other two
    float *output;                     // [batch * queryCount, headCount * headWidth]
    ptrdiff_t queryCount, length, headCount, headWidth;
    ptrdiff_t partCount;               // of a head's queries, which are shared out among threads
    float scale;
} TesseraAttention;

// The code with the highest score x . c + offset; the first of equals.
typedef struct {
    const float *input;                // [rows, width]
    const float *codes;                // from tessera_pack, [codeCount, width]
    const float *offsets;              // [codeCount rounded up to whole panels]; padding -infinity
    int32_t *output;                   // [rows]
    ptrdiff_t width, codeCount;
} TesseraNearest;

// The code in which the fewest bits differ from a query, the first of equals.
//
// A query's distance and index change only if a code is nearer than the distance that stands there,
// so that many codes can be searched piece by piece, and a first distance is a bound.
typedef struct {
    const uint64_t *codes;   // [count / 8, rounded up][wordCount][8]; what is missing can be anything
    const uint64_t *queries; // [queries][wordCount]
    int32_t *distances;      // [queries]
    int32_t *indices;        // [queries]
    ptrdiff_t count, wordCount;
    ptrdiff_t firstIndex;    // of the first code
} TesseraHamming;

// How far patches of an image are from one patch: for each the sum over its values of
// weight (patch - value)^2, over the sum of the weights.
typedef struct {
    const float *patch;      // [rows][width]
    const float *weights;    // [rows][width], not all zero; zero where a row is filled up
    const float *image;      // rows of imageStride values; a row of a patch is read whole, filled up or not
    const ptrdiff_t *starts; // [patches] where each begins in the image
    float *distances;        // [patches]
    ptrdiff_t rows, width;   // width in whole panels
    ptrdiff_t imageStride;
} TesseraPatches;

// y = activation(x scale + shift), scale and shift of [channels]: what a group normalisation is once
// its means are known. The activation is none or silu.
typedef struct {
    const float *scale;
    const float *shift;
    TesseraActivation activation;
} TesseraChannelMap;

// A step of Adam. With m and s the running means of the gradient g and of its square:
// m += 0.1 (g - m), s += 0.001 (g^2 - s), x -= rate m / (sqrt(s squareScale) + 1e-12), each operation
// rounded on its own, so that all levels give the same bits.
typedef struct {
    const float *gradient;
    float *values, *means, *squares;
    float rate, squareScale;
    int32_t isRooted;                  // else x -= rate m
} TesseraAdam;

typedef struct {
    TesseraLevel level;

    // Output positions [first, last) of images * outputHeight * outputWidth.
    void (*multiply)(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last);
    // The same in bf16, with spacing 1, an even inputCount and weights of tessera_round_panels: inputs
    // are rounded as they are read, sums are f32.
    void (*multiplyBfloat16)(const TesseraMultiply *job, ptrdiff_t first, ptrdiff_t last);
    // Products: kernel, stride, spacing, height and outputHeight are 1. Those in shorter formats read
    // words and not the input, whose rows are rounded once for all outputs. In bf16 weights are those of
    // tessera_pack_bfloat16 and sums f32; in int8 those of tessera_pack_int8 and sums int32 without any
    // rounding; those of tessera_pack_int4 give bit for bit what the same integers in int8 give.
    void (*product)(const TesseraMultiply *job, TesseraBlock block);
    void (*productBfloat16)(const TesseraMultiply *job, TesseraBlock block);
    void (*productInt8)(const TesseraMultiply *job, TesseraBlock block);
    void (*productInt4)(const TesseraMultiply *job, TesseraBlock block);
    // Rounds rows to words of two bf16, or of four integers from -127 to 127, each raised by 128, in
    // steps of the row's largest magnitude over 127. A row takes whole words, filled up with zeros.
    void (*roundBfloat16)(const float *x, uint32_t *words, ptrdiff_t rows, ptrdiff_t count);
    void (*roundInt8)(const float *x, uint32_t *words, float *steps, ptrdiff_t rows,
                      ptrdiff_t count);
    // Like multiply for kernel 3, stride 1, spacing 1 and an inputCount in whole panels, from weights of
    // tessera_pack_winograd and a quarter of the multiplications. There are squares of 4 x 4 outputs,
    // ceil(outputHeight / 4) * ceil(outputWidth / 4) an image. Null where a level has none.
    void (*_Nullable winograd)(const TesseraMultiply *job, TesseraBlock block);
    // The same with products in bf16, from weights of tessera_round_panels: for gradients,
    // which need a direction, and for whatever can bear an error of a part in a hundred.
    void (*_Nullable winogradBfloat16)(const TesseraMultiply *job, TesseraBlock block);
    // Parts [first, last) of batch * headCount * partCount.
    void (*attention)(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last);
    // The same with queries, keys, values and weights rounded to bf16; sums are f32.
    void (*attentionBfloat16)(const TesseraAttention *job, ptrdiff_t first, ptrdiff_t last);
    // Rows [first, last).
    void (*nearest)(const TesseraNearest *job, ptrdiff_t first, ptrdiff_t last);
    // Queries [first, last).
    void (*hamming)(const TesseraHamming *job, ptrdiff_t first, ptrdiff_t last);
    // Patches [first, last).
    void (*patches)(const TesseraPatches *job, ptrdiff_t first, ptrdiff_t last);

    // Each row of x divided by its root mean square and multiplied by gain.
    void (*norm)(const float *x, const float *gain, float epsilon, float *y,
                 ptrdiff_t rows, ptrdiff_t count);
    void (*softmax)(const float *x, float *y, ptrdiff_t rows, ptrdiff_t count);
    // y (gradient - sum of gradient y) for each row, with y the softmax.
    void (*softmaxPullback)(const float *gradient, const float *y, float *result,
                            ptrdiff_t rows, ptrdiff_t count);
    // A bit for each number, whether it is above 0: sixteen a word, the first below; the last word is
    // filled up with zeros.
    void (*positives)(const float *x, uint16_t *bits, ptrdiff_t count);

    void (*adam)(const TesseraAdam *job, ptrdiff_t count);

    // Of x [positions, channels]: for each channel the sum, then for each the sum of squares.
    void (*channelSums)(const float *x, float *sums, ptrdiff_t positions, ptrdiff_t channels);
    // y may be x.
    void (*channelMap)(const TesseraChannelMap *map, const float *x, float *y,
                       ptrdiff_t positions, ptrdiff_t channels);
    // With h the gradient of a loss with respect to x scale + shift: the sums of h, then of h x.
    void (*channelSlopeSums)(const TesseraChannelMap *map, const float *gradient, const float *x,
                             float *sums, ptrdiff_t positions, ptrdiff_t channels);
    // result = h a + x b + c + residual, with a, b and c of [channels] one after the other.
    void (*channelMapPullback)(const TesseraChannelMap *map, const float *gradient, const float *x,
                               const float *coefficients, const float *_Nullable residual,
                               float *result, ptrdiff_t positions, ptrdiff_t channels);
} TesseraKernels;

// The kernels of a level, or null if this build or this processor has none.
const TesseraKernels *_Nullable tessera_kernels(TesseraLevel level);

// The number of floats of packed weights for tapCount * inputCount inputs of each output.
ptrdiff_t tessera_packed_count(ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount);
// Packs weights [outputCount, tapCount, inputCount] into panels [outputs / 16][tap][input][16],
// the last panel filled with zeros.
void tessera_pack(const float *weights, float *packed,
                  ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount);
// Packs the weights of the pullback from those that tessera_pack has packed: inputs and outputs
// exchanged, taps in reverse order.
void tessera_pack_pullback(const float *packed, float *pullback,
                           ptrdiff_t outputCount, ptrdiff_t tapCount, ptrdiff_t inputCount);

// The number of 32-bit words of packed weights of a product, two or four inputs a word.
ptrdiff_t tessera_short_count(ptrdiff_t outputCount, ptrdiff_t inputCount, ptrdiff_t inputsPerWord);
// Packs weights [outputCount, inputCount], rounded to bf16, into panels [outputs / 16][inputs / 2][16]
// of words; what is missing to whole words and panels is zero.
void tessera_pack_bfloat16(const float *weights, uint32_t *packed,
                           ptrdiff_t outputCount, ptrdiff_t inputCount);
// Packs weights as integers from -127 to 127 into panels [outputs / 16][inputs / 4][16] of words, with
// the step of each output and 128 times the sum of its integers, both of whole panels.
void tessera_pack_int8(const float *weights, uint32_t *packed, float *steps, int32_t *offsets,
                       ptrdiff_t outputCount, ptrdiff_t inputCount);
// Packs integers of [outputCount, inputCount] in the same way; their steps are the caller's.
void tessera_pack_integers(const int8_t *integers, uint32_t *packed, int32_t *offsets,
                           ptrdiff_t outputCount, ptrdiff_t inputCount);

// The groups of 32 inputs that share a multiplier, and the words of 8 inputs of all outputs.
ptrdiff_t tessera_group_count(ptrdiff_t inputCount);
ptrdiff_t tessera_int4_count(ptrdiff_t outputCount, ptrdiff_t inputCount);
// Packs codes of two's complement, two a byte and the first below, [outputCount, ceil(inputCount / 2)],
// with multipliers from 1 to 16, [outputCount, groups], into panels [outputs / 16][groups][4][16] of
// words and [outputs / 16][groups][16] of multipliers; offsets are those of the integers, codes times
// multipliers.
void tessera_pack_int4(const uint8_t *codes, const uint8_t *multipliers, uint32_t *packed,
                       uint8_t *packedMultipliers, int32_t *offsets, ptrdiff_t outputCount,
                       ptrdiff_t inputCount);

// The number of floats of Winograd weights.
ptrdiff_t tessera_winograd_count(ptrdiff_t outputCount, ptrdiff_t inputCount);
// Packs 3 x 3 weights as tessera_pack has packed them into panels [outputs / 16][36][input][16] of
// their Winograd transforms.
void tessera_pack_winograd(const float *packed, float *transformed,
                           ptrdiff_t outputCount, ptrdiff_t inputCount);

// Rounds `count` floats of panels [...][inputs][16] to bf16, into words [...][inputs / 2][16] of two
// neighbouring inputs, whose number is even.
void tessera_round_panels(const float *panels, uint32_t *words, ptrdiff_t count);

// Space and channels exchanged. The large side is [rows * 2, width * 2, channels] and the small one
// [rows, width, 4 * channels] in the order (dy, dx, channel); rows counts images * height.
void tessera_pixel_shuffle(const float *small, float *large,
                           ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels);
void tessera_pixel_unshuffle(const float *large, float *small,
                             ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels);
// Each pixel of [rows, width, channels] twice in both directions, and the sum that is its adjoint.
void tessera_nearest_upsample(const float *small, float *large,
                              ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels);
void tessera_nearest_upsample_pullback(const float *large, float *small,
                                       ptrdiff_t rows, ptrdiff_t width, ptrdiff_t channels);

// Memory for numbers, aligned to 64 bytes at least. Blocks of 4 MB and more are asked for in pages of
// 2 MB, of which the processor has to look up few: kernels walk through many places at once.
void *tessera_allocate(size_t byteCount);
void tessera_deallocate(void *memory);

// The number of processors that this process may run on, within its container's share of time.
int tessera_usable_processors(void);
// The threads that a region may use, the caller included.
int tessera_pool_threads(void);
// Sets them, at least 1. Must not be called from inside a region.
void tessera_pool_set_threads(int count);
// Whether the calling thread runs a part of a region.
int tessera_pool_is_inside(void);
// Calls body(context, i) once for each i below count, on all threads, and returns when all have
// returned. A region inside another, or beside that of another caller, runs on its caller alone.
void tessera_pool_run(ptrdiff_t count, void (*body)(void *context, ptrdiff_t index), void *context);

#pragma clang assume_nonnull end

#endif
