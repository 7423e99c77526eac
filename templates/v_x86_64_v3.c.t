//@ params
#include <immintrin.h>
/* AVX2 and FMA: 8 floats in a register. */
#define NET_FN NET_UNUSED static __attribute__((target("avx2,fma")))
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
#define V 8
#define v_f32 __m256
#define v_load(p) _mm256_loadu_ps(p)
#define v_store(p, x) _mm256_storeu_ps(p, x)
#define v_stream(p, x) _mm256_stream_ps(p, x)
#define v_fence() _mm_sfence()
/* a is wanted in a register here: keeps gcc from holding constants for later in its place */
#define v_hold(a) __asm__("" : "+x"(a))
#define v_prefetch(p) _mm_prefetch((const char *)(p), _MM_HINT_T0)
#define v_set1(x) _mm256_set1_ps(x)
#define v_add(a, b) _mm256_add_ps(a, b)
#define v_sub(a, b) _mm256_sub_ps(a, b)
#define v_mul(a, b) _mm256_mul_ps(a, b)
#define v_div(a, b) _mm256_div_ps(a, b)
#define v_fma(a, b, c) _mm256_fmadd_ps(a, b, c)
/* The same for one number. */
#define s_fma(a, b, c) __builtin_fmaf(a, b, c)
#define d_fma(a, b, c) __builtin_fma(a, b, c)
/* a > b ? a : b, and so b when one of them is NaN */
#define v_max(a, b) _mm256_max_ps(a, b)
#define v_min(a, b) _mm256_min_ps(a, b)
#define v_sqrt(a) _mm256_sqrt_ps(a)
#define v_abs(a) _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)
#define v_neg(a) _mm256_xor_ps(_mm256_set1_ps(-0.0f), a)
#define v_round(a) _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define v_floor(a) _mm256_floor_ps(a)
#define v_ceil(a) _mm256_ceil_ps(a)
/* a < b ? x : y; a is a number ? x : y */
#define v_if_less(a, b, x, y) _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, b, _CMP_LT_OQ))
#define v_if_number(a, x, y) _mm256_blendv_ps(y, x, _mm256_cmp_ps(a, a, _CMP_ORD_Q))
/* 2 to the power of a whole number in [-126, 127] */
#define v_pow2(n) _mm256_castsi256_ps(_mm256_slli_epi32( \
    _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23))

/* The first n lanes. */
NET_FN __m256i v_mask_v3(int n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#define v_load_n(p, n) _mm256_maskload_ps(p, v_mask_v3(n))
#define v_store_n(p, x, n) _mm256_maskstore_ps(p, v_mask_v3(n), x)
