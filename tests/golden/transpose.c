/* SPDX-License-Identifier: 0BSD */
/* y[j][i] = x[i][j], in blocks that stay in the cache. */
NET_FN void transpose_c_1(const float *x0, float *y0, int part, int parts)
{
        const ptrdiff_t blocks = 1;
        for (ptrdiff_t b = NET_FROM(blocks); b < NET_TO(blocks); b++)
        for (ptrdiff_t c = 0; c < 20; c += 16) {
            const ptrdiff_t end = b * 16 + 16, most = end < 9 ? end : 9;
            const ptrdiff_t last = c + 16 < 20 ? c + 16 : 20;

            for (ptrdiff_t j = c; j < last; j++)
                for (ptrdiff_t i = b * 16; i < most; i++)
                    y0[j * 9 + i] = x0[i * 20 + j];
        }
}

