//@ params
/* No particular machine: 4 floats, which a GNU compiler puts into whatever vector registers there
 * are, and others take one by one. */
#define NET_FN NET_UNUSED static
#define V 4
#define v_hold(a) ((void)0)
#define v_stream(p, x) v_store(p, x)
#define v_fence() ((void)0)
#if defined(__GNUC__)
#define NET_INLINE inline __attribute__((always_inline)) NET_FN
typedef float v_f32 __attribute__((vector_size(16)));
typedef int32_t v_i32 __attribute__((vector_size(16)));
#define v_lane(x, i) (x)[i]
#define v_prefetch(p) __builtin_prefetch(p)
#define v_add(a, b) ((a) + (b))
#define v_sub(a, b) ((a) - (b))
#define v_mul(a, b) ((a) * (b))
#define v_div(a, b) ((a) / (b))
#define v_neg(a) (-(a))
#define v_pick(m, a, b) ((v_f32)(((v_i32)(a) & (m)) | ((v_i32)(b) & ~(m))))
#define v_max(a, b) v_pick((a) > (b), a, b)
#define v_min(a, b) v_pick((a) < (b), a, b)
#define v_if_less(a, b, x, y) v_pick((a) < (b), x, y)
#define v_if_number(a, x, y) v_pick((a) == (a), x, y)
#else
#define NET_INLINE inline NET_FN
typedef struct v_f32 { float f[4]; } v_f32;
#define v_lane(x, i) (x).f[i]
#define v_prefetch(p) ((void)(p))
#define V_LANES(name, args, expr) \
    NET_FN v_f32 name args \
    { \
        v_f32 y_; \
        for (int i = 0; i < 4; i++) \
            y_.f[i] = (expr); \
        return y_; \
    }
V_LANES(v_add, (v_f32 a, v_f32 b), a.f[i] + b.f[i])
V_LANES(v_sub, (v_f32 a, v_f32 b), a.f[i] - b.f[i])
V_LANES(v_mul, (v_f32 a, v_f32 b), a.f[i] * b.f[i])
V_LANES(v_div, (v_f32 a, v_f32 b), a.f[i] / b.f[i])
V_LANES(v_neg, (v_f32 a), -a.f[i])
V_LANES(v_max, (v_f32 a, v_f32 b), a.f[i] > b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_min, (v_f32 a, v_f32 b), a.f[i] < b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_if_less, (v_f32 a, v_f32 b, v_f32 x, v_f32 y), a.f[i] < b.f[i] ? x.f[i] : y.f[i])
V_LANES(v_if_number, (v_f32 a, v_f32 x, v_f32 y), a.f[i] == a.f[i] ? x.f[i] : y.f[i])
#endif

#if defined(__GNUC__) && !defined(NET_EXACT)
/* Contracted to one rounding by the compiler where the machine has fused multiply-add. */
#define v_fma(a, b, c) ((a) * (b) + (c))
#else
NET_FN v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    for (int i = 0; i < 4; i++)
        v_lane(c, i) = NET_FMA(v_lane(a, i), v_lane(b, i), v_lane(c, i));
    return c;
}
#endif

#define s_fma(a, b, c) NET_FMA(a, b, c)
#define d_fma(a, b, c) NET_FMA64(a, b, c)

NET_FN v_f32 v_load(const float *p)
{
    v_f32 y;

    memcpy(&y, p, sizeof y);
    return y;
}

NET_FN void v_store(float *p, v_f32 x)
{
    memcpy(p, &x, sizeof x);
}

NET_FN v_f32 v_set1(float x)
{
    v_f32 y;

    for (int i = 0; i < 4; i++)
        v_lane(y, i) = x;
    return y;
}

NET_FN v_f32 v_load_n(const float *p, int n)
{
    v_f32 y = v_set1(0.0f);

    for (int i = 0; i < 4 && i < n; i++)
        v_lane(y, i) = p[i];
    return y;
}

NET_FN void v_store_n(float *p, v_f32 x, int n)
{
    for (int i = 0; i < 4 && i < n; i++)
        p[i] = v_lane(x, i);
}

#define V_EACH_LANE(name, f) \
    NET_FN v_f32 name(v_f32 x) \
    { \
        for (int i = 0; i < 4; i++) \
            v_lane(x, i) = f(v_lane(x, i)); \
        return x; \
    }
V_EACH_LANE(v_sqrt, sqrtf)
V_EACH_LANE(v_abs, fabsf)
V_EACH_LANE(v_round, rintf)
V_EACH_LANE(v_floor, floorf)
V_EACH_LANE(v_ceil, ceilf)

/* 2 to the power of a whole number in [-126, 127] */
NET_FN v_f32 v_pow2(v_f32 n)
{
    float y[4];

    for (int i = 0; i < 4; i++) {
        int32_t k = v_lane(n, i) > -127.0f ? (int32_t)v_lane(n, i) : 0;   /* NaN has no integer */
        uint32_t u = (uint32_t)(k + 127) << 23;
        memcpy(&y[i], &u, sizeof u);
    }
    return v_load(y);
}
