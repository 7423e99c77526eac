//# XN, XC, YN, YC, LN: steps of the scores, of their gradient, of the labels.  SMOOTH: h is there.
//# ALL: rows of all ranks.
//@ params NAME T N K XN XC YN YC LN SMOOTH ALL
//@ if ALL == N
/* Mean over ${N} rows of the cross-entropy of softmax(x) with the labels, and its gradient.  A
 * label that is none has no loss. */
//@ else
/* What ${N} of the batch's ${ALL} rows give to its mean cross-entropy, and their gradients. */
//@ end
NET_FN void ${NAME}(const ${T} *x, const int32_t *labels,
//@ if SMOOTH
    const mnc_head *h,
//@ end
    ${T} *loss, ${T} *dx)
{
//@ if SMOOTH
    const double smooth = h->smoothing;
//@ else
    const double smooth = 0;
//@ end
    double total = 0;

    for (int n = 0; n < ${N}; n++) {
        const ${T} *xn = x + n * (ptrdiff_t)${XN};
        ${T} *dn = dx + n * (ptrdiff_t)${YN};
        const int32_t label = labels[n * ${LN}];
        double most = (double)xn[0], sum = 0, mean = 0;

        for (int k = 1; k < ${K}; k++) {
            const double v = (double)xn[k * (ptrdiff_t)${XC}];
            most = v > most ? v : most;
        }
        for (int k = 0; k < ${K}; k++) {
            const double d = (double)xn[k * (ptrdiff_t)${XC}] - most;
            const double e = exp(d);
            dn[k * (ptrdiff_t)${YC}] = (${T})e;
            sum += e;
            mean += d;
        }
        if (label >= 0 && label < ${K})
            total += log(sum) - (1 - smooth) * ((double)xn[label * (ptrdiff_t)${XC}] - most)
                - smooth * (mean / ${K});
        for (int k = 0; k < ${K}; k++) {
            const double target = (k == label ? 1 - smooth : 0) + smooth / ${K};
            dn[k * (ptrdiff_t)${YC}] = (${T})(((double)dn[k * (ptrdiff_t)${YC}] / sum - target)
                / ${ALL});
        }
    }
    *loss = (${T})(total / ${ALL});
}
