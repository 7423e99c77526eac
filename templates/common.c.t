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
/* Before a short loop that must stay one: unrolled, gcc finds loads to share between its rounds,
 * and keeps what it loaded on the stack. */
#if defined(__clang__)
#define NET_ROLLED _Pragma("clang loop unroll(disable)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define NET_ROLLED _Pragma("GCC unroll 1")
#else
#define NET_ROLLED
#endif
/* The share of n rows, or of n elements in blocks of 16, that falls to one of several threads. */
#define NET_FROM(n) ((ptrdiff_t)(n) * part / parts)
#define NET_TO(n) ((ptrdiff_t)(n) * (part + 1) / parts)
#define NET_FROM16(n) (((ptrdiff_t)(n) + 15) / 16 * part / parts * 16)
#define NET_TO16(n) (part + 1 == parts ? (ptrdiff_t)(n) \
                     : ((ptrdiff_t)(n) + 15) / 16 * (part + 1) / parts * 16)
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
