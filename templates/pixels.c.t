//# x, g, y: steps of their pixels, by the lists; g: a second operand, if HAS_G.  c*: vectors of C.
//# PARTS: y gets two rows of C sums for each; 0: a pixel for each of x.  RUN, TAIL: functions that do
//# a run of pixels, for whole vectors of channels and for what is left.
//@ params NAME T C RANK DIM[] X[] G[] Y[] TOTAL PARTS BLOCK HAS_G CH RUN TAIL STREAM
/* Pixels by channels, in runs of at most ${BLOCK} pixels. */
NET_FN void ${NAME}(const ${T} *x0,
//@ if HAS_G
    const ${T} *g0,
//@ end
//@ for i in 0..CH
    const ${T} *c${i},
//@ end
    ${T} *y0, int part, int parts)
{
//@ if PARTS
    for (ptrdiff_t k = NET_FROM(${PARTS}); k < NET_TO(${PARTS}); k++) {
        const ptrdiff_t from = (ptrdiff_t)${TOTAL} * k / ${PARTS};
        const ptrdiff_t to = (ptrdiff_t)${TOTAL} * (k + 1) / ${PARTS};

        for (int c = 0; c < ${2 * C}; c++)
            y0[k * ${2 * C} + c] = 0;
//@ else
    {
        const ptrdiff_t from = NET_FROM(${TOTAL}), to = NET_TO(${TOTAL});

//@ end
        for (ptrdiff_t p = from, n; p < to; p += n) {
            ptrdiff_t rest = p, i = rest % ${DIM[RANK - 1]};
            const ${T} *x = x0;
//@ if HAS_G
            const ${T} *g = g0;
//@ end
//@ if PARTS
            ${T} *y = y0 + k * ${2 * C};
//@ else
            ${T} *y = y0;
//@ end

            n = ${DIM[RANK - 1]} - i < to - p ? ${DIM[RANK - 1]} - i : to - p;
            n = n < ${BLOCK} ? n : ${BLOCK};
//@ for d in 0..RANK
            i = rest % ${DIM[RANK - 1 - d]};
            rest /= ${DIM[RANK - 1 - d]};
            x += i * ${X[RANK - 1 - d]};
//@ if HAS_G
            g += i * ${G[RANK - 1 - d]};
//@ end
//@ if !PARTS
            y += i * ${Y[RANK - 1 - d]};
//@ end
//@ end
            ${RUN}(x,
//@ if HAS_G
                g,
//@ end
//@ for i in 0..CH
                c${i},
//@ end
                y, n, p - from);
//@ if TAIL != none
            ${TAIL}(x,
//@ if HAS_G
                g,
//@ end
//@ for i in 0..CH
                c${i},
//@ end
                y, n, p - from);
//@ end
        }
    }
//@ if STREAM
    v_fence();
//@ end
}
