/* SPDX-License-Identifier: 0BSD */
/* y = (x - mean) / sqrt(variance + eps) scale + bias, mean and variance over 3 elements. */
NET_FN void layer_norm_c_1(const double *x0, const double *s0,
    double *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(2); i0 < NET_TO(2); i0++) {
        const double *x1 = x0 + i0 * 3, *s1 = s0 + i0 * 0;
        double *y1 = y0 + i0 * 3;
        const double *x = x1, *s = s1;
        double *y = y1;
        double mean = 0, var = 0, r;

        for (ptrdiff_t k0 = 0; k0 < 3; k0++)
            mean += (double)x[0
                + k0 * 1
                ];
        mean /= (double)3;

        for (ptrdiff_t k0 = 0; k0 < 3; k0++)
        {
            const double d = (double)x[0
                + k0 * 1
                ] - mean;

            var += d * d;
        }
        r = 1.0 / sqrt(var / (double)3 + 1e-05);

        for (ptrdiff_t k0 = 0; k0 < 3; k0++)
        {
            double d = (double)x[0
                + k0 * 1
                ] - mean;

            d *= r * (double)s[0
                + k0 * 1
                ];
            y[0
                + k0 * 1
                ] = (double)d;
        }
    }
}

