/* SPDX-License-Identifier: 0BSD */
NET_FN v_f32 tanh_c_1(v_f32 x)
{
    return v_tanh(x);
}

/* tanh_c_1 of one number. */
NET_FN float lane_c_2(float x)
{
    float lane[V];

    v_store(lane, tanh_c_1(v_set1(x)));
    return lane[0];
}

/* y = f(x), element by element. */
NET_FN void map_c_3(const float *x0, float *y0, int part, int parts)
{
    for (ptrdiff_t i0 = NET_FROM(4); i0 < NET_TO(4); i0++) {
        const float *x1 = x0 + i0 * 1;
        float *y1 = y0 + i0 * 3;
    for (ptrdiff_t i1 = 0; i1 < 3; i1++) {
        const float *x2 = x1 + i1 * 4;
        float *y2 = y1 + i1 * 1;
        float x = *x2;
        *y2 = (float)(lane_c_2(x));
    }
    }
}

