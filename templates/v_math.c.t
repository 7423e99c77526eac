//# WIDE: lanes are doubles, for which libm's functions serve.
//@ params SUFFIX WIDE
#define v_same(x) (x)
#define v_each v_each_${SUFFIX}
#define v_most v_most_${SUFFIX}
#define v_least v_least_${SUFFIX}
#define v_exp_parts v_exp_parts_${SUFFIX}
#define v_exp v_exp_${SUFFIX}
#define v_sigmoid v_sigmoid_${SUFFIX}
#define v_silu v_silu_${SUFFIX}
#define v_tanh v_tanh_${SUFFIX}
#define v_erf v_erf_${SUFFIX}

/* A function of libm, lane by lane. */
NET_FN v_f32 v_each(float (*f)(float), v_f32 x)
{
    float lane[V];

    v_store(lane, x);
    for (int i = 0; i < V; i++)
        lane[i] = f(lane[i]);
    return v_load(lane);
}

/* The larger and the smaller one; NaN where either is. */
NET_FN v_f32 v_most(v_f32 a, v_f32 b)
{
    return v_if_number(a, v_max(a, b), a);
}

NET_FN v_f32 v_least(v_f32 a, v_f32 b)
{
    return v_if_number(a, v_min(a, b), a);
}

//@ if WIDE
/* e to the x; no scale is needed. */
NET_FN v_f32 v_exp_parts(v_f32 x, v_f32 *scale)
{
    *scale = v_set1(1.0f);
    return v_each(expf, x);
}
//@ else
/* e to the x as the product of what it returns and scale, a power of 2: where that product has no
 * normal number, its parts have.  x = n ln 2 + r, |r| <= ln 2 / 2; e^r by its Taylor polynomial of
 * degree 7; 2^n in two factors.  Below -110 the scale is 0. */
NET_FN v_f32 v_exp_parts(v_f32 x, v_f32 *scale)
{
    const v_f32 tiny = v_set1(-110.0f);
    v_f32 top, n, half, r, y;

    top = v_min(v_set1(89.0f), v_max(tiny, x));
    n = v_round(v_mul(top, v_set1(1.44269504f)));
    r = v_fma(n, v_set1(-0.693359375f), top);
    r = v_fma(n, v_set1(2.12194440e-4f), r);
    y = v_set1(1.98412698e-4f);
    y = v_fma(y, r, v_set1(1.38888889e-3f));
    y = v_fma(y, r, v_set1(8.33333333e-3f));
    y = v_fma(y, r, v_set1(4.16666667e-2f));
    y = v_fma(y, r, v_set1(1.66666667e-1f));
    y = v_fma(y, r, v_set1(0.5f));
    y = v_fma(y, r, v_set1(1.0f));
    y = v_fma(y, r, v_set1(1.0f));
    half = v_floor(v_mul(n, v_set1(0.5f)));
    *scale = v_if_less(x, tiny, v_set1(0.0f), v_pow2(v_sub(n, half)));
    return v_mul(y, v_pow2(half));
}
//@ end

/* e to the x, below 1.25 ulp, denormals included. */
NET_FN v_f32 v_exp(v_f32 x)
{
    v_f32 scale, y = v_exp_parts(x, &scale);

    return v_mul(y, scale);
}

/* 1 / (1 + z) or, where x < 0, z / (1 + z), z = e^-|x|: below 2.5 ulp, and nothing overflows. */
NET_FN v_f32 v_sigmoid(v_f32 x)
{
    v_f32 one = v_set1(1.0f), z = v_exp(v_neg(v_abs(x)));

    return v_div(v_if_less(x, v_set1(0.0f), z, one), v_add(one, z));
}

/* x sigmoid(x), below 3 ulp: z's small factor comes in last, so that it loses no digits. */
NET_FN v_f32 v_silu(v_f32 x)
{
    v_f32 one = v_set1(1.0f), zero = v_set1(0.0f), scale, z = v_exp_parts(v_neg(v_abs(x)), &scale);
    v_f32 below = v_add(one, v_mul(z, scale));

    x = v_div(v_mul(x, v_if_less(x, zero, z, one)), below);
    return v_mul(x, v_if_less(x, zero, scale, one));
}

//@ if WIDE
NET_FN v_f32 v_tanh(v_f32 x)
{
    return v_each(tanhf, x);
}

NET_FN v_f32 v_erf(v_f32 x)
{
    return v_each(erff, x);
}
//@ else
/* For small |x| a polynomial in x^2 (Cephes, tanhf), else 1 - 2 / (e^2|x| + 1) with x's sign: below
 * 1.7 ulp. */
NET_FN v_f32 v_tanh(v_f32 x)
{
    v_f32 a = v_abs(x), s = v_mul(x, x), small, large;

    small = v_set1(-5.70498872745e-3f);
    small = v_fma(small, s, v_set1(2.06390887954e-2f));
    small = v_fma(small, s, v_set1(-5.37397155531e-2f));
    small = v_fma(small, s, v_set1(1.33314422036e-1f));
    small = v_fma(small, s, v_set1(-3.33332819422e-1f));
    small = v_fma(v_mul(small, s), x, x);
    large = v_add(v_exp(v_add(a, a)), v_set1(1.0f));
    large = v_sub(v_set1(1.0f), v_div(v_set1(2.0f), large));
    large = v_if_less(x, v_set1(0.0f), v_neg(large), large);
    return v_if_less(a, v_set1(0.625f), small, large);
}

/* For small |x| x + x p(x^2), else 1 - e^-q(|x|) with x's sign; p and q are minimax polynomials for
 * the relative error of the result.  Below 1.5 ulp; from 4 on it is 1. */
NET_FN v_f32 v_erf(v_f32 x)
{
    v_f32 a = v_abs(x), s = v_mul(x, x), top = v_min(v_set1(4.0f), a), small, large;

    small = v_set1(-5.9994226e-4f);
    small = v_fma(small, s, v_set1(4.99483436e-3f));
    small = v_fma(small, s, v_set1(-2.67677235e-2f));
    small = v_fma(small, s, v_set1(1.12818461e-1f));
    small = v_fma(small, s, v_set1(-3.76124965e-1f));
    small = v_fma(small, s, v_set1(1.2837915e-1f));
    small = v_fma(small, x, x);
    large = v_set1(-1.98039144e-4f);
    large = v_fma(large, top, v_set1(3.06373664e-3f));
    large = v_fma(large, top, v_set1(-2.23082948e-2f));
    large = v_fma(large, top, v_set1(1.04099485e-1f));
    large = v_fma(large, top, v_set1(6.36992064e-1f));
    large = v_fma(large, top, v_set1(1.12778787f));
    large = v_fma(large, top, v_set1(1.68685681e-4f));
    large = v_sub(v_set1(1.0f), v_exp(v_neg(large)));
    large = v_if_less(x, v_set1(0.0f), v_neg(large), large);
    return v_if_less(a, v_set1(0.92f), small, large);
}
//@ end

#define v_prelu v_prelu_${SUFFIX}
NET_FN v_f32 v_prelu(v_f32 x, v_f32 slope)
{
    return v_if_less(x, v_set1(0.0f), v_mul(x, slope), x);
}
