//# Of channel c: n pixels, their mean m and squared distances from it, of PARTS parts of COUNT pixels
//# (Chan, Golub, LeVeque 1979).
//@ params C PARTS COUNT
        double n = 0, m = 0, squares = 0;

        for (ptrdiff_t k = 0; k < ${PARTS}; k++) {
            const double more = (double)((ptrdiff_t)${COUNT} * (k + 1) / ${PARTS}
                                         - (ptrdiff_t)${COUNT} * k / ${PARTS});
            const double d = (double)x[k * ${2 * C} + c] - m;
            if (more == 0)
                continue;
            squares += (double)x[k * ${2 * C} + ${C} + c] + d * d * (n * more / (n + more));
            m += d * (more / (n + more));
            n += more;
        }
