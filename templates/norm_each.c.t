//@ params T INNER LOOP[] XR[] SR[] BR[] YR[] COUNT EPS BIAS
        double mean = 0, var = 0, r;

//@ for d in 0..INNER
        for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
            mean += (double)x[0
//@ for d in 0..INNER
                + k${d} * ${XR[d]}
//@ end
                ];
        mean /= (double)${COUNT};

//@ for d in 0..INNER
        for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
        {
            const double d = (double)x[0
//@ for d in 0..INNER
                + k${d} * ${XR[d]}
//@ end
                ] - mean;

            var += d * d;
        }
        r = 1.0 / sqrt(var / (double)${COUNT} + ${EPS});

//@ for d in 0..INNER
        for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
        {
            double d = (double)x[0
//@ for d in 0..INNER
                + k${d} * ${XR[d]}
//@ end
                ] - mean;

            d *= r * (double)s[0
//@ for d in 0..INNER
                + k${d} * ${SR[d]}
//@ end
                ];
//@ if BIAS
            d += (double)b[0
//@ for d in 0..INNER
                + k${d} * ${BR[d]}
//@ end
                ];
//@ end
            y[0
//@ for d in 0..INNER
                + k${d} * ${YR[d]}
//@ end
                ] = (${T})d;
        }
