// All kernels of one level. A level's file names its table (KERNELS), its level (LEVEL) and the tile
// that its registers hold (TILE_ROWS, TILE_PANELS), says which instructions may be used, and
// includes this.
#include "vector.h"
#include "tile.h"
#include "multiply.h"
#include "nibbles.h"
#include "short.h"
#include "lines.h"
#include "winograd.h"
#include "attention.h"
#include "nearest.h"
#include "hamming.h"
#include "rows.h"
#include "channels.h"

const TesseraKernels KERNELS = {
    .level = LEVEL,
    .multiply = multiply,
    .multiplyBfloat16 = multiplyBfloat16,
    .product = product,
    .productBfloat16 = productBfloat16,
    .productInt8 = productInt8,
    .productInt4 = productInt4,
    .roundBfloat16 = roundBfloat16,
    .roundInt8 = roundInt8,
    .winograd = winograd,
    .winogradBfloat16 = winogradBfloat16,
    .attention = attention,
    .attentionBfloat16 = attentionBfloat16,
    .nearest = nearest,
    .hamming = hamming,
    .norm = norm,
    .normPullback = normPullback,
    .softmax = softmax,
    .softmaxPullback = softmaxPullback,
    .positives = positives,
    .adam = adam,
    .channelSums = channelSums,
    .channelMap = channelMap,
    .channelSlopeSums = channelSlopeSums,
    .channelMapPullback = channelMapPullback,
};
