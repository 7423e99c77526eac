//@ params
/* --dtype=f64: the words of the vectors, of 4 doubles each, in plain C.  For finding out whether
 * kernels compute the right thing, not for computing it fast. */
#define NET_FN NET_UNUSED static
#define NET_INLINE inline NET_FN
#define V 4
#define v_hold(a) ((void)0)
typedef struct v_f32 { double f[4]; } v_f32;
#define v_lane(x, i) (x).f[i]
#define v_prefetch(p) ((void)(p))
#define s_fma(a, b, c) NET_FMA64(a, b, c)
#define d_fma(a, b, c) NET_FMA64(a, b, c)

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
V_LANES(v_fma, (v_f32 a, v_f32 b, v_f32 c), NET_FMA64(a.f[i], b.f[i], c.f[i]))
V_LANES(v_max, (v_f32 a, v_f32 b), a.f[i] > b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_min, (v_f32 a, v_f32 b), a.f[i] < b.f[i] ? a.f[i] : b.f[i])
V_LANES(v_if_less, (v_f32 a, v_f32 b, v_f32 x, v_f32 y), a.f[i] < b.f[i] ? x.f[i] : y.f[i])
V_LANES(v_if_number, (v_f32 a, v_f32 x, v_f32 y), a.f[i] == a.f[i] ? x.f[i] : y.f[i])
V_LANES(v_neg, (v_f32 a), -a.f[i])
V_LANES(v_sqrt, (v_f32 a), sqrt(a.f[i]))
V_LANES(v_abs, (v_f32 a), fabs(a.f[i]))
V_LANES(v_round, (v_f32 a), rint(a.f[i]))
V_LANES(v_floor, (v_f32 a), floor(a.f[i]))
V_LANES(v_ceil, (v_f32 a), ceil(a.f[i]))
V_LANES(v_set1, (double a), a)
V_LANES(v_load, (const double *p), p[i])
V_LANES(v_load_n, (const double *p, int n), i < n ? p[i] : 0)

NET_FN void v_store_n(double *p, v_f32 x, int n)
{
    for (int i = 0; i < 4 && i < n; i++)
        p[i] = x.f[i];
}

NET_FN void v_store(double *p, v_f32 x)
{
    v_store_n(p, x, 4);
}
