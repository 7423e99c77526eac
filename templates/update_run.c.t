//# P, VT, STEP: the words of vectors or of numbers, their type, how many at a time.  GS: step of the
//# gradient, 1 for vectors.  FACTOR: gradients are multiplied by *f first.
//@ params NAME P T VT STEP OP GS FACTOR NESTEROV DECOUPLED
/* ${OP} of elements [from, to), by the formulas of PyTorch 2's torch.optim. */
NET_FN void ${NAME}(${T} *w,
//@ if OP == sgd_momentum
    ${T} *m,
//@ elif OP == adam
    ${T} *m, ${T} *u,
//@ end
    const ${T} *g,
//@ if FACTOR
    const ${T} *f,
//@ end
    const mnc_head *h, ptrdiff_t from, ptrdiff_t to)
{
//@ if OP == average
    const ${VT} keep = ${P}_set1((${T})h->average), take = ${P}_set1((${T})(1 - h->average));
//@ elif OP == adam
    const ${VT} c1 = ${P}_set1((${T})(1 - h->beta1)), b2 = ${P}_set1((${T})h->beta2);
    const ${VT} c2 = ${P}_set1((${T})(1 - h->beta2)), eps = ${P}_set1((${T})h->eps);
    const ${VT} step = ${P}_set1((${T})(-h->rate / (1 - h->beta1_power)));
    const ${VT} root = ${P}_set1((${T})sqrt(1 - h->beta2_power));
//@ if DECOUPLED
    const ${VT} keep = ${P}_set1((${T})(1 - h->rate * h->decay));
//@ else
    const ${VT} decay = ${P}_set1((${T})h->decay);
//@ end
//@ else
    const ${VT} step = ${P}_set1((${T})-h->rate), decay = ${P}_set1((${T})h->decay);
//@ if OP == sgd_momentum
    const ${VT} momentum = ${P}_set1((${T})h->momentum);
//@ end
//@ end
//@ if FACTOR
    const ${VT} factor = ${P}_set1(*f);
//@ end

    for (ptrdiff_t i = from; i < to; i += ${STEP}) {
        ${VT} x = ${P}_load(w + i), d = ${P}_load(g + i * ${GS});
//@ if OP == adam
        ${VT} a, b;
//@ elif OP == sgd_momentum
        ${VT} a;
//@ end

//@ if FACTOR
        d = ${P}_mul(d, factor);
//@ end
//@ if OP == average
        x = ${P}_fma(x, keep, ${P}_mul(d, take));
//@ elif OP == adam
//@ if DECOUPLED
        x = ${P}_mul(x, keep);
//@ else
        d = ${P}_fma(x, decay, d);
//@ end
        a = ${P}_load(m + i);
        a = ${P}_fma(${P}_sub(d, a), c1, a);
        b = ${P}_fma(${P}_mul(d, d), c2, ${P}_mul(${P}_load(u + i), b2));
        ${P}_store(m + i, a);
        ${P}_store(u + i, b);
        b = ${P}_add(${P}_div(${P}_sqrt(b), root), eps);
        x = ${P}_fma(${P}_div(a, b), step, x);
//@ else
        d = ${P}_fma(x, decay, d);
//@ if OP == sgd_momentum
        a = ${P}_fma(${P}_load(m + i), momentum, d);
        ${P}_store(m + i, a);
//@ if NESTEROV
        d = ${P}_fma(a, momentum, d);
//@ else
        d = a;
//@ end
//@ end
        x = ${P}_fma(d, step, x);
//@ end
        ${P}_store(w + i, x);
    }
}
