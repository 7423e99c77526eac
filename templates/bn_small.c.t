//# Per channel, in double: next to nothing beside the passes over pixels.  PARTS: of COUNT pixels.
//# RANKS: processes, whose shares of a gradient are added up.
//@ params NAME OP T C PARTS COUNT RANKS EPS MOMENTUM
//@ if OP == bn_merge
/* Mean and variance from those of ${PARTS} parts (Chan, Golub, LeVeque 1979). */
NET_FN void ${NAME}(const ${T} *x, ${T} *mean, ${T} *variance)
{
    for (int c = 0; c < ${C}; c++) {
//@ include bn_parts.c.t
        mean[c] = (${T})m;
        variance[c] = (${T})(squares / ${COUNT});
    }
}
//@ elif OP == bn_factor
/* s = scale / sqrt(variance + eps) */
NET_FN void ${NAME}(const ${T} *scale, const ${T} *variance, ${T} *s)
{
    for (int c = 0; c < ${C}; c++)
        s[c] = (${T})((double)scale[c] / sqrt((double)variance[c] + ${EPS}));
}
//@ elif OP == bn_grad_fold
/* From sums of g and g (x - mean): gradients of scale and bias, and the numbers of bn_grad. */
NET_FN void ${NAME}(const ${T} *x, const ${T} *s, const ${T} *variance, ${T} *dscale, ${T} *dbias,
    ${T} *p, ${T} *q)
{
    for (int c = 0; c < ${C}; c++) {
        const double k = 1 / sqrt((double)variance[c] + ${EPS});
        double g = 0, moment = 0;

        for (int i = 0; i < ${PARTS}; i++) {
            g += (double)x[i * ${2 * C} + c];
            moment += (double)x[i * ${2 * C} + ${C} + c];
        }
//@ if RANKS > 1
        dscale[c] = (${T})(moment * k / ${RANKS});
        dbias[c] = (${T})(g / ${RANKS});
//@ else
        dscale[c] = (${T})(moment * k);
        dbias[c] = (${T})g;
//@ end
        p[c] = (${T})(-(double)s[c] * k * k * moment / ${COUNT});
        q[c] = (${T})(-(double)s[c] * g / ${COUNT});
    }
}
//@ elif OP == bn_track
/* Running statistics, the variance that of a sample. */
NET_FN void ${NAME}(${T} *running_mean, ${T} *running_variance, const ${T} *mean,
    const ${T} *variance, const mnc_head *h)
{
    const double m = h->statistics < 0 ? ${MOMENTUM} : h->statistics;

    for (int c = 0; c < ${C}; c++) {
        const double v = (double)variance[c] * (${COUNT} / (double)${COUNT > 1 ? COUNT - 1 : 1});

        running_mean[c] = (${T})((1 - m) * (double)running_mean[c] + m * (double)mean[c]);
        running_variance[c] = (${T})((1 - m) * (double)running_variance[c] + m * v);
    }
}
//@ end
