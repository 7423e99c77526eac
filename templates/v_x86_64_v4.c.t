//@ params
#include <immintrin.h>
/* AVX-512: 16 floats in a register, 32 registers.  Zero-masked forms with all lanes on stand where
 * gcc 12 warns of the undefined register that the plain form of the intrinsic mentions. */
#define NET_FN NET_UNUSED static __attribute__((target("avx512f,avx512vl,avx512dq,avx2,fma")))
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
#define V 16
#define v_f32 __m512
#define v_load(p) _mm512_loadu_ps(p)
#define v_store(p, x) _mm512_storeu_ps(p, x)
#define v_stream(p, x) _mm512_stream_ps(p, x)
#define v_fence() _mm_sfence()
/* a is wanted in a register here: keeps gcc from holding constants for later in its place */
#define v_hold(a) __asm__("" : "+v"(a))
#define v_prefetch(p) _mm_prefetch((const char *)(p), _MM_HINT_T0)
#define v_set1(x) _mm512_set1_ps(x)
#define v_add(a, b) _mm512_add_ps(a, b)
#define v_sub(a, b) _mm512_sub_ps(a, b)
#define v_mul(a, b) _mm512_mul_ps(a, b)
#define v_div(a, b) _mm512_div_ps(a, b)
#define v_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
/* The same for one number. */
#define s_fma(a, b, c) __builtin_fmaf(a, b, c)
#define d_fma(a, b, c) __builtin_fma(a, b, c)
/* a > b ? a : b, and so b when one of them is NaN */
#define v_max(a, b) _mm512_maskz_max_ps(0xffff, a, b)
#define v_min(a, b) _mm512_maskz_min_ps(0xffff, a, b)
#define v_sqrt(a) _mm512_maskz_sqrt_ps(0xffff, a)
#define v_abs(a) _mm512_abs_ps(a)
#define v_neg(a) _mm512_xor_ps(_mm512_set1_ps(-0.0f), a)
/* a < b ? x : y; a is a number ? x : y */
#define v_if_less(a, b, x, y) _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, b, _CMP_LT_OQ), y, x)
#define v_if_number(a, x, y) _mm512_mask_blend_ps(_mm512_cmp_ps_mask(a, a, _CMP_ORD_Q), y, x)
/* 2 to the power of a whole number in [-126, 127] */
#define v_pow2(n) _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xffff, \
    _mm512_add_epi32(_mm512_maskz_cvtps_epi32(0xffff, n), _mm512_set1_epi32(127)), 23))
/* The first n lanes. */
#define v_load_n(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define v_store_n(p, x, n) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), x)

#define v_round v_round_v4
#define v_floor v_floor_v4
#define v_ceil v_ceil_v4
/* Functions, because these intrinsics are macros when gcc does not optimise, and -Wconversion then
 * finds the mask's sign changed in the caller's text. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
NET_FN __m512 v_round(__m512 a)
{
    return _mm512_maskz_roundscale_ps(0xffff, a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

NET_FN __m512 v_floor(__m512 a)
{
    return _mm512_maskz_roundscale_ps(0xffff, a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

NET_FN __m512 v_ceil(__m512 a)
{
    return _mm512_maskz_roundscale_ps(0xffff, a, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
}
#pragma GCC diagnostic pop
