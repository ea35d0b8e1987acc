// Sixteen floats at a time, whatever the registers: the compiler splits them into two or four.
// Included once per level, after the level has said which instructions its functions may use.
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
// Whole cache lines for arrays of vectors, whose type does not ask for them.
#define ALIGNED __attribute__((aligned(64)))

typedef float Lanes __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t IntLanes __attribute__((vector_size(64), aligned(4), may_alias));

enum { lanes = 16 };

INLINE Lanes splat(float x) { return x - (Lanes){0}; }
INLINE Lanes load(const float *p) { return *(const Lanes *)p; }
INLINE void store(float *p, Lanes x) { *(Lanes *)p = x; }
// Sixteen floats at an address that is a multiple of 64, written past the caches: the line is not read
// first and drives out no other. orderStreams makes them visible to whoever waits for this thread.
INLINE void stream(float *p, Lanes x) {
    typedef float Line __attribute__((vector_size(64), may_alias));
    __builtin_nontemporal_store((Line)x, (Line *)p);
}
INLINE void orderStreams(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }

#if defined(MASK_INSTRUCTIONS)
INLINE __mmask16 firstLanes(ptrdiff_t count) { return (__mmask16)((1u << count) - 1); }

// The first `count` lanes, below 16, and `fill` in the others.
INLINE Lanes loadSome(const float *p, ptrdiff_t count, float fill) {
    return (Lanes)_mm512_mask_loadu_ps((__m512)splat(fill), firstLanes(count), p);
}

INLINE void storeSome(float *p, Lanes x, ptrdiff_t count) {
    _mm512_mask_storeu_ps(p, firstLanes(count), (__m512)x);
}
#else
// Copies fewer than sixteen floats, by the bits of their number: no loop, no call.
INLINE void copySome(float *to, const float *from, ptrdiff_t count) {
    if (count & 8) {
        memcpy(to, from, 8 * sizeof(float));
        to += 8, from += 8;
    }
    if (count & 4) {
        memcpy(to, from, 4 * sizeof(float));
        to += 4, from += 4;
    }
    if (count & 2) {
        memcpy(to, from, 2 * sizeof(float));
        to += 2, from += 2;
    }
    if (count & 1) *to = *from;
}

// The first `count` lanes, below 16, and `fill` in the others.
INLINE Lanes loadSome(const float *p, ptrdiff_t count, float fill) {
    float whole[lanes];
    store(whole, splat(fill));
    copySome(whole, p, count);
    return load(whole);
}

INLINE void storeSome(float *p, Lanes x, ptrdiff_t count) {
    float whole[lanes];
    store(whole, x);
    copySome(p, whole, count);
}
#endif

// Sixteen floats, or as many as there are, and zeros.
INLINE Lanes loadUpTo(const float *p, ptrdiff_t count) {
    return count >= lanes ? load(p) : loadSome(p, count, 0);
}

INLINE void storeUpTo(float *p, Lanes x, ptrdiff_t count) {
    if (count >= lanes)
        store(p, x);
    else
        storeSome(p, x, count);
}

INLINE Lanes choose(IntLanes mask, Lanes yes, Lanes no) {
    return (Lanes)((mask & (IntLanes)yes) | (~mask & (IntLanes)no));
}

// A bit for each lane, the first one's below, of a comparison and back.
typedef _Bool BitLanes __attribute__((ext_vector_type(16)));

INLINE uint16_t bitsOf(IntLanes mask) {
    const BitLanes lanesAsBits = __builtin_convertvector(mask, BitLanes);
    uint16_t bits;
    memcpy(&bits, &lanesAsBits, sizeof bits);
    return bits;
}

INLINE IntLanes lanesOf(uint16_t bits) {
    BitLanes bitsAsLanes;
    memcpy(&bitsAsLanes, &bits, sizeof bits);
    return -__builtin_convertvector(bitsAsLanes, IntLanes);
}

// Sixteen bits from a bit on, of words of which one more can be read.
INLINE uint16_t bitsFrom(const uint16_t *words, ptrdiff_t bit) {
    uint32_t pair;
    memcpy(&pair, words + bit / 16, sizeof pair);
    return (uint16_t)(pair >> bit % 16);
}

INLINE Lanes larger(Lanes a, Lanes b) { return choose(a > b, a, b); }

// The sum over lanes, halves first: always in this order.
INLINE float total(Lanes x) {
    typedef float Eight __attribute__((vector_size(32)));
    typedef float Four __attribute__((vector_size(16)));
    const Eight a = __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7)
        + __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15);
    const Four b = __builtin_shufflevector(a, a, 0, 1, 2, 3)
        + __builtin_shufflevector(a, a, 4, 5, 6, 7);
    return (b[0] + b[2]) + (b[1] + b[3]);
}

INLINE float highest(Lanes x) {
    Lanes y = larger(
        x, __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    y = larger(
        y, __builtin_shufflevector(y, y, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    const float a = y[0] > y[1] ? y[0] : y[1], b = y[2] > y[3] ? y[2] : y[3];
    return a > b ? a : b;
}

// e^x within 2 units in the last place; 0 below -87.3, about 10^38 above 88.
//
// x = n ln 2 + r with |r| <= (ln 2) / 2; adding 1.5 * 2^23 rounds n to an integer, whose bits then
// go to the exponent. The polynomial is Taylor's, its last terms adjusted to that interval.
INLINE Lanes exponential(Lanes x) {
    const Lanes shift = splat(12582912.0f);
    const Lanes bounded = choose(x > splat(88.0f), splat(88.0f), x);
    const Lanes shifted = bounded * splat(1.44269504f) + shift;
    const Lanes n = shifted - shift;
    const Lanes r = (bounded - n * splat(0.693359375f)) + n * splat(2.12194440e-4f);
    Lanes p = splat(1.9875691500e-4f);
    p = p * r + splat(1.3981999507e-3f);
    p = p * r + splat(8.3334519073e-3f);
    p = p * r + splat(4.1665795894e-2f);
    p = p * r + splat(1.6666665459e-1f);
    p = p * r + splat(5.0000001201e-1f);
    p = (p * r * r + r) + splat(1.0f);
    const IntLanes exponent = (((IntLanes)shifted - (IntLanes)shift) + 127) << 23;
    return choose(x < splat(-87.3f), splat(0.0f), p * (Lanes)exponent);
}

// 2^x for x up to 0 within 3e-6 of itself, which is plenty where it is rounded to bf16; 10^-38 below -126.
INLINE Lanes powerOfTwo(Lanes x) {
    const Lanes shift = splat(12582912.0f), bounded = larger(x, splat(-126.0f));
    const Lanes shifted = bounded + shift, r = bounded - (shifted - shift);
    Lanes p = splat(9.5701e-3f);
    p = p * r + splat(5.591786e-2f);
    p = p * r + splat(2.4024745e-1f);
    p = p * r + splat(6.9312181e-1f);
    p = p * r + splat(9.9999926e-1f);
    return (Lanes)((IntLanes)p + ((IntLanes)shifted << 23));
}

// 0.5 x (1 + tanh u) = x / (1 + e^(-2u)) with u = sqrt(2 / pi) (x + 0.044715 x^3).
INLINE Lanes gelu(Lanes x) {
    const Lanes u = x * (splat(0.7978845608f) + splat(0.0356774081f) * x * x);
    return x / (splat(1.0f) + exponential(u * splat(-2.0f)));
}

// x / (1 + e^(-x)).
INLINE Lanes silu(Lanes x) { return x / (splat(1.0f) + exponential(-x)); }
