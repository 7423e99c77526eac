//@ params
/* Plain C: 4 floats, which compilers put into a register where there is one. */
#define NET_FN NET_UNUSED static
#define V 4
typedef struct v_f32 { float f[4]; } v_f32;

NET_FN v_f32 v_load(const float *p)
{
    v_f32 y = { { p[0], p[1], p[2], p[3] } };
    return y;
}

NET_FN void v_store(float *p, v_f32 x)
{
    p[0] = x.f[0];
    p[1] = x.f[1];
    p[2] = x.f[2];
    p[3] = x.f[3];
}

NET_FN v_f32 v_load_n(const float *p, int n)
{
    v_f32 y = { { 0, 0, 0, 0 } };
    for (int i = 0; i < 4 && i < n; i++)
        y.f[i] = p[i];
    return y;
}

NET_FN void v_store_n(float *p, v_f32 x, int n)
{
    for (int i = 0; i < 4 && i < n; i++)
        p[i] = x.f[i];
}

NET_FN v_f32 v_set1(float x)
{
    v_f32 y = { { x, x, x, x } };
    return y;
}

NET_FN v_f32 v_fma(v_f32 a, v_f32 b, v_f32 c)
{
    v_f32 y;
    for (int i = 0; i < 4; i++)
        y.f[i] = NET_FMA(a.f[i], b.f[i], c.f[i]);
    return y;
}

#define V_UNARY(name, expr) \
    NET_FN v_f32 name(v_f32 a) \
    { \
        v_f32 y; \
        for (int i = 0; i < 4; i++) \
            y.f[i] = (expr); \
        return y; \
    }
#define V_BINARY(name, expr) \
    NET_FN v_f32 name(v_f32 a, v_f32 b) \
    { \
        v_f32 y; \
        for (int i = 0; i < 4; i++) \
            y.f[i] = (expr); \
        return y; \
    }
V_BINARY(v_add, a.f[i] + b.f[i])
V_BINARY(v_sub, a.f[i] - b.f[i])
V_BINARY(v_mul, a.f[i] * b.f[i])
V_BINARY(v_div, a.f[i] / b.f[i])
V_BINARY(v_max, a.f[i] > b.f[i] ? a.f[i] : b.f[i])
V_BINARY(v_min, a.f[i] < b.f[i] ? a.f[i] : b.f[i])
V_UNARY(v_sqrt, sqrtf(a.f[i]))
V_UNARY(v_abs, fabsf(a.f[i]))
V_UNARY(v_neg, -a.f[i])
V_UNARY(v_round, rintf(a.f[i]))
V_UNARY(v_floor, floorf(a.f[i]))
V_UNARY(v_ceil, ceilf(a.f[i]))
#undef V_UNARY
#undef V_BINARY

/* a < b ? x : y */
NET_FN v_f32 v_if_less(v_f32 a, v_f32 b, v_f32 x, v_f32 y)
{
    for (int i = 0; i < 4; i++)
        y.f[i] = a.f[i] < b.f[i] ? x.f[i] : y.f[i];
    return y;
}

/* 2 to the power of a whole number in [-126, 127] */
NET_FN v_f32 v_pow2(v_f32 n)
{
    for (int i = 0; i < 4; i++) {
        int32_t k = n.f[i] > -127.0f ? (int32_t)n.f[i] : 0;      /* NaN has no integer */
        uint32_t u = (uint32_t)(k + 127) << 23;
        memcpy(&n.f[i], &u, sizeof u);
    }
    return n;
}
