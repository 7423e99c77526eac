//@ params
#include <arm_neon.h>
/* NEON: 4 floats in a register, 32 registers.  v_max and v_min are comparisons, because the
 * machine's own (FMAX, FMIN) take NaN and the sign of zero in another way than x86's. */
#define NET_FN NET_UNUSED static
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
#define V 4
#define v_hold(a) ((void)0)
#define v_f32 float32x4_t
#define v_load(p) vld1q_f32(p)
#define v_store(p, x) vst1q_f32(p, x)
#define v_stream(p, x) v_store(p, x)
#define v_fence() ((void)0)
#define v_prefetch(p) __builtin_prefetch(p)
#define v_set1(x) vdupq_n_f32(x)
#define v_add(a, b) vaddq_f32(a, b)
#define v_sub(a, b) vsubq_f32(a, b)
#define v_mul(a, b) vmulq_f32(a, b)
#define v_div(a, b) vdivq_f32(a, b)
#define v_fma(a, b, c) vfmaq_f32(c, a, b)
/* The same for one number. */
#define s_fma(a, b, c) __builtin_fmaf(a, b, c)
#define d_fma(a, b, c) __builtin_fma(a, b, c)
/* a > b ? a : b, and so b when one of them is NaN */
#define v_max(a, b) v_max_neon(a, b)
#define v_min(a, b) v_min_neon(a, b)
#define v_sqrt(a) vsqrtq_f32(a)
#define v_abs(a) vabsq_f32(a)
#define v_neg(a) vnegq_f32(a)
#define v_round(a) vrndnq_f32(a)
#define v_floor(a) vrndmq_f32(a)
#define v_ceil(a) vrndpq_f32(a)
/* a < b ? x : y; a is a number ? x : y */
#define v_if_less(a, b, x, y) vbslq_f32(vcltq_f32(a, b), x, y)
#define v_if_number(a, x, y) v_if_number_neon(a, x, y)
/* 2 to the power of a whole number in [-126, 127] */
#define v_pow2(n) vreinterpretq_f32_s32(vshlq_n_s32( \
    vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127)), 23))

NET_FN float32x4_t v_max_neon(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcgtq_f32(a, b), a, b);
}

NET_FN float32x4_t v_min_neon(float32x4_t a, float32x4_t b)
{
    return vbslq_f32(vcltq_f32(a, b), a, b);
}

NET_FN float32x4_t v_if_number_neon(float32x4_t a, float32x4_t x, float32x4_t y)
{
    return vbslq_f32(vceqq_f32(a, a), x, y);
}

/* The first n lanes, zeros in the others. */
#define v_load_n v_load_n_neon
#define v_store_n v_store_n_neon
NET_FN float32x4_t v_load_n(const float *p, int n)
{
    float lane[4] = { 0, 0, 0, 0 };

    for (int i = 0; i < 4 && i < n; i++)
        lane[i] = p[i];
    return vld1q_f32(lane);
}

NET_FN void v_store_n(float *p, float32x4_t x, int n)
{
    float lane[4];

    vst1q_f32(lane, x);
    for (int i = 0; i < 4 && i < n; i++)
        p[i] = lane[i];
}
