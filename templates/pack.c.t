//# W*: steps of w (K,C,R,S).
//@ params NAME K C R S WK WC WR WS PANEL ROUND
/* Weights into panels of ${PANEL} output channels, [r][s][c] in each; the last one is rounded up.
 * */
NET_FN void ${NAME}(const float *w, float *y, int part, int parts)
{
    const int from = (int)NET_FROM(${(K + PANEL - 1) / PANEL}) * ${PANEL};
    const int to = (int)NET_TO(${(K + PANEL - 1) / PANEL}) * ${PANEL};

    for (int first = from; first < to && first < ${K}; first += ${PANEL}) {
        const int left = ${K} - first, n = left < ${PANEL} ? left : ${PANEL};
        const int width = (n + ${ROUND - 1}) / ${ROUND} * ${ROUND};
        float *p = y + first * (ptrdiff_t)${C * R * S};

        for (int r = 0; r < ${R}; r++)
        for (int s = 0; s < ${S}; s++)
        for (int c = 0; c < ${C}; c++, p += width) {
            const float *q = w + first * (ptrdiff_t)${WK} + c * (ptrdiff_t)(${WC})
                + r * (ptrdiff_t)(${WR}) + s * (ptrdiff_t)(${WS});
            for (int k = 0; k < n; k++)
                p[k] = q[k * (ptrdiff_t)${WK}];
            for (int k = n; k < width; k++)
                p[k] = 0.0f;
        }
    }
}
