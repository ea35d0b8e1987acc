// Tessera for programs in C, and in every language that can call C.
//
// A model turns pictures into tokens and back:
//
//     tessera_model *model;
//     if (tessera_open("photo-dimension", 0, &model) != TESSERA_OK) return complain(tessera_message());
//     tessera_pictures photo = {.bytes = rgb, .byte_count = 3 * 256 * 256,
//                               .count = 1, .height = 256, .width = 256};
//     uint16_t tokens[32 * 32 * 4];
//     tessera_encode(model, &photo, tokens, sizeof tokens / sizeof *tokens);
//     tessera_close(model);
//
// Every function checks what it is given and returns a status; none prints, exits or throws. A model
// may be used by several threads at once. Results have the same bits for any number of threads, alone
// or in a batch, and are those of the command `tessera`.
//
// Threads belong to the process, as its cores do. A process that was forked from one in which a model
// had been opened has none of them and works on the calling thread alone: open models after forking.
#ifndef TESSERA_H
#define TESSERA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Rises when a declaration of this file changes; compare it with tessera_abi().
#define TESSERA_ABI 1

typedef enum tessera_status {
    TESSERA_OK = 0,
    TESSERA_ARGUMENT = 1, // a pointer is null, or a number is outside its range
    TESSERA_CAPACITY = 2, // a buffer is smaller than what it must hold
    TESSERA_MODEL = 3,    // there is no such model, or a file of it is missing or damaged
    TESSERA_TOKEN = 4     // a token is outside the vocabulary of its slot
} tessera_status;

// A model that is ready to work.
typedef struct tessera_model tessera_model;

// Pictures of one size: 8-bit samples, red, green and blue of a pixel side by side. Functions that
// take pictures read their bytes and do not write to them, unless they say so.
typedef struct tessera_pictures {
    uint8_t *bytes;        // the first sample of the first row of the first picture
    size_t byte_count;     // how many bytes from there on may be used
    size_t count;          // pictures
    size_t height, width;  // pixels; at least 1, at most 65500, and 89478485 in all
    size_t row_stride;     // bytes from one row to the next; 0 means 3 * width
    size_t picture_stride; // bytes from one picture to the next; 0 means height * row_stride
} tessera_pictures;

// How holes are filled; all zero means the defaults.
typedef struct tessera_inpainting {
    uint64_t seed;            // the seed of all random choices
    const uint64_t *keys;     // one for each picture, from tessera_key; null: all are 0
    int32_t step_count;       // how often the prior is asked, at most 10000; 0: the default
    int32_t inner_step_count; // gradient steps within a step, at most 10000; 0: the default
} tessera_inpainting;

// The TESSERA_ABI that the library was built with.
int32_t tessera_abi(void);

// Why the last call on this thread that did not return TESSERA_OK did not: one sentence in UTF-8,
// without a final period. It lives until the next such call on this thread.
const char *tessera_message(void);

// Opens a model.
//
// `model` is the path of a model folder or the name of a model that ships; null takes the best that
// ships. Those are looked for in the folder that TESSERA_CHECKPOINTS names, in `Checkpoints` beside
// this library, in `../share/tessera/Checkpoints`, and in `Checkpoints` of each folder above.
// `thread_count` is the number of threads of this process, from 1 to 1024; 0 leaves it as it is, at
// first all processors that the process may use.
tessera_status tessera_open(const char *model, int32_t thread_count, tessera_model **result);

// Ends the use of a model, after all other calls on it have returned. Null is ignored.
void tessera_close(tessera_model *model);

// Facts of a model; 0 or null for a null model. Texts live as long as the model.
const char *tessera_name(const tessera_model *model);
// The SHA-256 of the tokenizer's weights, 64 hexadecimal digits: which model made some tokens.
const char *tessera_hash(const tessera_model *model);
// The side of the square of pixels that a position of the grid of tokens stands for.
size_t tessera_pixels_per_token(const tessera_model *model);
// How many tokens spell a position.
size_t tessera_slot_count(const tessera_model *model);
// How many tokens there are for a slot; 0 for a slot that is not there.
size_t tessera_vocabulary(const tessera_model *model, size_t slot);
// Whether holes can be filled: 1 or 0.
int32_t tessera_has_prior(const tessera_model *model);

// The rows and columns of the grid of a picture: its size in squares, the last ones filled up.
tessera_status tessera_grid(const tessera_model *model, size_t height, size_t width,
                            size_t *row_count, size_t *column_count);

// Writes the tokens of pictures, [count, rows, columns, slots]; `capacity` tokens have room.
tessera_status tessera_encode(const tessera_model *model, const tessera_pictures *pictures,
                              uint16_t *tokens, size_t capacity);

// Writes the pictures of tokens, of which there are [count, rows, columns, slots]: `token_count`.
//
// They come from the decoder that was trained for perceptual likeness, where the model has one.
tessera_status tessera_decode(const tessera_model *model, const uint16_t *tokens,
                              size_t token_count, const tessera_pictures *pictures);

// Fills holes of pictures in place; every other pixel stays as it is.
//
// `holes` has a byte for each pixel, [count, height, width], `hole_count` in all; where it is not 0
// a pixel is missing. The first call loads the prior. `options` may be null.
tessera_status tessera_inpaint(const tessera_model *model, const tessera_pictures *pictures,
                               const uint8_t *holes, size_t hole_count,
                               const tessera_inpainting *options);

// What keys the random choices for a picture of this name, such as that of its file without folders
// and ending, which is what the command takes. 0 for null.
uint64_t tessera_key(const char *name);

#ifdef __cplusplus
}
#endif

#endif
