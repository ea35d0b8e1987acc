// All kernels of one level. A level's file names its table (KERNELS), its level (LEVEL) and the tile
// that its registers hold (TILE_ROWS, TILE_PANELS), says which instructions may be used, and
// includes this.
#include "../Templates/vector.h"
#include "../Templates/tile.h"
#include "../Templates/multiply.h"
#include "../Templates/nibbles.h"
#include "../Templates/short.h"
#include "../Templates/lines.h"
#include "../Templates/winograd.h"
#include "../Templates/attention.h"
#include "../Templates/nearest.h"
#include "../Templates/hamming.h"
#include "../Templates/patches.h"
#include "../Templates/rows.h"
#include "../Templates/channels.h"

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
    .patches = patches,
    .norm = norm,
    .softmax = softmax,
    .softmaxPullback = softmaxPullback,
    .positives = positives,
    .adam = adam,
    .channelSums = channelSums,
    .channelMap = channelMap,
    .channelSlopeSums = channelSlopeSums,
    .channelMapPullback = channelMapPullback,
};
