//# SUMS: of vectors, each waiting for itself alone
//# CPU: C expression, has this CPU got what the target needs?
//@ params SUMS CPU
/* As many multiply-adds as the machine can do: rounds times ${SUMS} vectors of them, all in
 * registers, none waiting for another.  The sums go to 1, so that no number becomes slow for being
 * small. */
NET_FN float peak_run(long rounds)
{
    v_f32 half = v_set1(0.5f), all = v_set1(0.0f);
    float y[V];
//@ for i in 0..SUMS
    v_f32 s${i} = v_set1(${i}.0f);
//@ end

    for (long n = 0; n < rounds; n++) {
//@ for i in 0..SUMS
        s${i} = v_fma(s${i}, half, half);
//@ end
    }
//@ for i in 0..SUMS
    all = v_add(all, s${i});
//@ end
    v_store(y, all);
    return y[0];
}

/* Returns how many floating-point operations that was, 0 on a CPU without them.  The result is
 * looked at, so that the compiler cannot leave the loop out. */
double mnc_peak(long rounds);
double mnc_peak(long rounds)
{
    static volatile float seen;

    if (!(${CPU}))
        return 0;
    seen = peak_run(rounds);
    return (double)rounds * ${SUMS} * V * 2;
}
