//@ params
#include <math.h>
#include <string.h>

/* Each of these may be defined from outside: for a linker section in flash, another compiler. */
#ifndef NET_ALIGN
#if defined(__GNUC__)
#define NET_ALIGN(n) __attribute__((aligned(n)))
#else
#define NET_ALIGN(n)
#endif
#endif
#ifndef NET_SECTION
#define NET_SECTION
#endif
#ifndef NET_UNUSED
#if defined(__GNUC__)
#define NET_UNUSED __attribute__((unused))
#else
#define NET_UNUSED
#endif
#endif
/* In front of a loop over a register tile: its bounds are constants, so it becomes straight code,
 * and an array that only such loops index becomes registers. */
#ifndef NET_UNROLL
#if defined(__clang__)
#define NET_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define NET_UNROLL _Pragma("GCC unroll 256")
#else
#define NET_UNROLL
#endif
#endif
/* Before a short loop that must stay one: unrolled, gcc finds loads to share between its rounds,
 * and keeps what it loaded on the stack. */
#if defined(__clang__)
#define NET_ROLLED _Pragma("clang loop unroll(disable)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define NET_ROLLED _Pragma("GCC unroll 1")
#else
#define NET_ROLLED
#endif
/* What a register tile knows of its layer: constants, and so those of its code, which is inlined.
 * Steps are in elements. */
typedef struct net_tile {
    int c, s;                  /* input channels, kernel columns */
    int step, dil, dil_h;      /* columns from pixel to pixel; columns, rows from tap to tap */
    unsigned ring;             /* x is a ring of so many rows; 0: it is whole */
    ptrdiff_t xr, xq, xw, xc;  /* in x to the next kernel row, kernel column, pixel, channel */
    ptrdiff_t panel;           /* in w to the next panel; depthwise: to the next tap */
    ptrdiff_t yw, sw;          /* to the next pixel of y; of what is added */
    int add, ahead;            /* is something?  weights to fetch early, in rows; 0: none */
    int share;                 /* of the next panel fetch so many floats per row of this one */
} net_tile;

/* The share of n rows, or of n elements in blocks of 16, that falls to one of several threads. */
#define NET_FROM(n) ((ptrdiff_t)(n) * part / parts)
#define NET_TO(n) ((ptrdiff_t)(n) * (part + 1) / parts)
#define NET_FROM16(n) (((ptrdiff_t)(n) + 15) / 16 * part / parts * 16)
#define NET_TO16(n) (part + 1 == parts ? (ptrdiff_t)(n) \
                     : ((ptrdiff_t)(n) + 15) / 16 * (part + 1) / parts * 16)
/* Of image n's rows those that fall to this thread when all images' are shared: what follows from
 * a thread's rows is then read by the same one, out of its own cache. */
#define NET_ROW(at, rows) NET_LEAST(NET_MOST((at) - n * (ptrdiff_t)(rows), 0), (ptrdiff_t)(rows))
#define NET_ROW_FROM(batch, rows) NET_ROW(NET_FROM((batch) * (ptrdiff_t)(rows)), rows)
#define NET_ROW_TO(batch, rows) NET_ROW(NET_TO((batch) * (ptrdiff_t)(rows)), rows)
/* The first of n rows that fall to thread number k, of which at most m take part. */
#define NET_LEAST(a, b) ((a) < (b) ? (a) : (b))
#define NET_MOST(a, b) ((a) > (b) ? (a) : (b))
#define NET_SHARE(n, k, m) (int)((ptrdiff_t)(n) * NET_LEAST(k, NET_LEAST(parts, m)) \
                            / NET_LEAST(parts, m))
/* Where row r lies among the n rows of a ring. */
#define NET_RING(r, n) (ptrdiff_t)((unsigned)(r) % (n))

/* What happens after each layer, number i in the order of the graph: nothing, or a time is
 * taken. */
#ifndef NET_LAYER
#define NET_LAYER(i, name) ((void)0)
#endif

/* A pointer to elements of type T, n bytes into the block p. */
#define AT(T, p, n) ((T *)(uintptr_t)((p) + (n)))

/* One rounding for multiply and add: the same bits on every machine that has it in hardware. */
#if defined(FP_FAST_FMAF) || defined(NET_EXACT)
#define NET_FMA(a, b, c) fmaf(a, b, c)
#else
#define NET_FMA(a, b, c) ((a) * (b) + (c))
#endif
#if defined(FP_FAST_FMA) || defined(NET_EXACT)
#define NET_FMA64(a, b, c) fma(a, b, c)
#else
#define NET_FMA64(a, b, c) ((a) * (b) + (c))
#endif
