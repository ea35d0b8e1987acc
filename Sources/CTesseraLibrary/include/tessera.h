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
#define TESSERA_ABI 3

typedef enum tessera_status {
    TESSERA_OK = 0,
    TESSERA_ARGUMENT = 1, // a pointer is null, or a number is outside its range
    TESSERA_CAPACITY = 2, // a buffer is smaller than what it must hold
    TESSERA_MODEL = 3,    // there is no such model, or a file of it is missing or damaged
    TESSERA_TOKEN = 4,    // a token is outside the vocabulary of its slot
    TESSERA_STOPPED = 5,  // the caller's step function ended the call
    TESSERA_STORAGE = 6   // a file cannot be written, or the system is out of what the call needs
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

// Told after each step of a call that takes long, on the thread that made the call: how many steps of
// how many are done. The same number may come again, and what is ahead may turn out to be more or less.
// Returns 0 to go on; anything else stops the call, which then returns TESSERA_STOPPED.
typedef int32_t (*tessera_step)(void *context, size_t step, size_t step_count);

// How tokens are sampled; all zero means the defaults.
typedef struct tessera_sampling {
    uint64_t seed;            // the seed of all random choices
    const uint64_t *keys;     // one for each picture, from tessera_key; null: all are 0
    int32_t step_count;       // how often the prior is asked, at most 10000; 0: the default
    int32_t inner_step_count; // decodes within a step, at most 10000; 0: the default
    const char *method;       // one of `tessera help evaluate` that samples; null: aps
    tessera_step step;        // told after each step; null: nothing
    void *context;            // what it is given
} tessera_sampling;

// How holes are filled; all zero means the defaults.
typedef struct tessera_filling {
    tessera_sampling sampling;
    const char *texture;      // where the texture comes from: exemplar, pixels copied from the same
                              // picture; model; or auto, whichever is better; null: auto
    size_t source_radius;     // how far from a hole pixels are copied, at most 65536; 0: as far as helps
    const uint8_t *avoided;   // a byte for each pixel, as `holes` has it; where it is not 0 a known pixel
                              // is never copied; null: none
    size_t avoided_count;     // how many bytes there are
} tessera_filling;

// How pictures are restored; all zero means the defaults.
typedef struct tessera_restoration {
    tessera_sampling sampling;
    const double *noise;      // the standard deviation of their noise for pixels from -1 to 1, from 0
                              // to 2; null: judged by each picture
    const float *kernel;      // of a blur: rows of weights whose sum is above 0; null: the default
    size_t kernel_height, kernel_width; // odd, at most 129
    int32_t quality;          // of task jpeg, 1 to 100; 0: 20
    double look;              // where a denoiser restores without tokens: 0 is nearest to the truth, 1
                              // has the texture of photographs, and between lie mixes of both
} tessera_restoration;

// How pictures are drawn; all zero means the defaults.
typedef struct tessera_generation {
    uint64_t seed;            // the seed of all random choices
    const uint64_t *keys;     // one for each picture; null: their numbers, from 0
    int32_t step_count;       // how often the prior is asked, at most 10000; 0: the default
    const char *label;        // a class that the prior knows; null: none
    const float *guidance;    // how far to follow the label, 0 to 100; null: 1, as trained
    const char *order;        // which slots come first: confidence, halton or random; null: confidence
    const char *schedule;     // how the number of masked slots falls: cosine, arccos, linear or
                              // square-root; null: cosine
    const float *temperature; // what divides logits; 0 takes the best code; null: 1
    const float *choice_temperature; // the noise on confidences, fading; null: 4.5
    const float *top_p;       // the probability mass to draw from, above 0 to 1; null: 1
    tessera_step step;        // told after each step; null: nothing
    void *context;            // what it is given
} tessera_generation;

// How pictures become shards of tokens; all zero means the defaults.
typedef struct tessera_tokenizing {
    const char *format;        // safetensors or webdataset; null: safetensors
    size_t shard_size;         // the most pictures of a shard, at most 1000000; 0: 1024
    size_t size;               // makes every picture a square of so many pixels a side, at most
                               // 16384; 0: every picture stays as it is
    const char *fit;           // how: crop takes the middle, pad adds black bars; null: crop
    size_t minimum_side;       // pictures with a shorter side are passed over; 0: none
    size_t maximum_side;       // pictures with a longer side are passed over; 0: none
    double maximum_aspect;     // pictures whose sides have a greater ratio are passed over, at least
                               // 1; 0: none
    size_t task_index;         // which of the tasks that share the job this is, from 0
    size_t task_count;         // how many there are, at most 1048576; 0: this one alone
    size_t memory_limit;       // the most bytes of pictures in work; larger ones fail; 0: no limit
    int32_t retries_failed;    // 1: tries again what failed before
    int32_t overwrites;        // 1: removes what is in the folder and begins anew
    int32_t fails_fast;        // 1: stops at the first item that cannot be done
    int32_t allows_commands;   // 1: runs inputs that begin with `pipe:` as commands
    tessera_step step;         // told after each input: done, and known so far; null: nothing
    void *context;             // what it is given
} tessera_tokenizing;

// What a run of tessera_tokenize came to, in pictures.
typedef struct tessera_tokenized {
    size_t done;            // made into tokens by this run
    size_t skipped;         // whose tokens were there already
    size_t filtered;        // passed over because it was asked for
    size_t failed;          // that could not be used
    size_t failed_before;   // that failed in earlier runs and were not tried again
    size_t missing_shards;  // shards of other tasks that are still to come
} tessera_tokenized;

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

// Metadata of a model; 0 or null for a null model. Texts live as long as the model.
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
// a pixel is missing. The first call loads the prior. `options` may be null. A call that is stopped
// has written the pictures before the one at work.
tessera_status tessera_inpaint(const tessera_model *model, const tessera_pictures *pictures,
                               const uint8_t *holes, size_t hole_count,
                               const tessera_filling *options);

// Fills holes of pictures in place with pixels copied from the same picture, without a model.
//
// `holes` is that of tessera_inpaint. Of `options`, which may be null, it reads the seed, the keys, the
// step function, the radius and what is avoided. A picture with too little to copy from is a
// TESSERA_ARGUMENT; those before it are written, and so are those before the one at work in a call that
// is stopped.
tessera_status tessera_fill(const tessera_pictures *pictures, const uint8_t *holes,
                            size_t hole_count, const tessera_filling *options);

// How many times larger each side of a picture becomes that is restored from a task: 2, 4 or 8 for
// sr2, sr4, pool4 and sr8, 1 for the others, 0 for what is no such task.
size_t tessera_restored_factor(const char *task);

// Restores pictures from what `task` names, one of `tessera help restore`, such as sr4.
//
// `results` are written, as many as there are `pictures`, with sides tessera_restored_factor(task) times
// theirs: where that is 1, both may be the same. Pictures are taken for what a PNG in colour holds. Where
// a denoiser lies beside the model's folder and suits the task, it restores them without the prior, unless
// `options` say how to sample; else the first call loads the prior. `options` may be null, but a task whose blur has no kernel of its own needs
// one. A call that is stopped has written the results before the one at work.
tessera_status tessera_restore(const tessera_model *model, const char *task,
                               const tessera_pictures *pictures, const tessera_pictures *results,
                               const tessera_restoration *options);

// Draws pictures from the prior, which the first call loads, and writes them.
//
// A picture depends on the seed, its key and its size alone. `options` may be null. A call that is
// stopped has written the pictures before the one at work.
tessera_status tessera_generate(const tessera_model *model, const tessera_pictures *pictures,
                                const tessera_generation *options);

// Turns pictures in files into shards of tokens in a folder: the bytes that `tessera tokenize` writes.
//
// `inputs` are pictures, folders with all below them, tar archives, and patterns and ranges of them.
// `options` and `result` may be null. A picture that cannot be used is a line of `failures.jsonl` in the
// folder, and others go on: TESSERA_OK says that the run came to its end. One that was stopped, by the
// step function, a signal or a power failure, is gone on with by the next call with the same inputs, and
// ends with the same bytes.
tessera_status tessera_tokenize(const tessera_model *model, const char *const *inputs,
                                size_t input_count, const char *output,
                                const tessera_tokenizing *options, tessera_tokenized *result);

// What keys the random choices for a picture of this name, such as that of its file without folders
// and ending, which is what the command takes. 0 for null.
uint64_t tessera_key(const char *name);

#ifdef __cplusplus
}
#endif

#endif
