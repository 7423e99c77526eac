//# MODE: row, lanes along the axis; lanes, across results; each, one by one (EXP and LOGF are then
//# functions of one ${T}).  X and Y: steps over all dimensions but the axis, XA and YA along it.
//@ params NAME T LOG RANK DIM[] X[] Y[] COUNT XA YA MODE VW EXP LOGF
/* y = e^(x - max) / sum over ${COUNT} elements, or the logarithm of it.  Every sum has a fixed
 * order: along the axis, or 16 partial sums that are then added one after the other. */
NET_FN void ${NAME}(const ${T} *x0, ${T} *y0, int part, int parts)
{
//@ for d in 0..MODE == lanes ? RANK - 1 : RANK
//@ if d == 0
    for (ptrdiff_t i0 = NET_FROM(${DIM[0]}); i0 < NET_TO(${DIM[0]}); i0++) {
//@ else
    for (ptrdiff_t i${d} = 0; i${d} < ${DIM[d]}; i${d}++) {
//@ end
        const ${T} *x${d + 1} = x${d} + i${d} * ${X[d]};
        ${T} *y${d + 1} = y${d} + i${d} * ${Y[d]};
//@ end
//@ if MODE == row
        const float *x = x${RANK};
        float *y = y${RANK}, sums[16], most = x[0], sum = 0;
        v_f32 m = v_set1(x[0]);
        ptrdiff_t i = 0;
//@ for j in 0..16 / VW
        v_f32 s${j} = v_set1(0.0f);
//@ end

        for (; i + V <= ${COUNT}; i += V)
            m = v_max(v_load(x + i), m);
        v_store(sums, m);
        for (int j = 0; j < V; j++)
            most = sums[j] > most ? sums[j] : most;
        for (; i < ${COUNT}; i++)
            most = x[i] > most ? x[i] : most;
        m = v_set1(most);

        for (i = 0; i < ${COUNT / 16 * 16}; i += 16) {
            v_f32 t;
//@ for j in 0..16 / VW
            t = v_exp(v_sub(v_load(x + i + ${j * VW}), m));
            v_store(y + i + ${j * VW}, t);
            s${j} = v_add(s${j}, t);
//@ end
        }
//@ for j in 0..(COUNT % 16 + VW - 1) / VW
        {
            const int n = ${min(VW, COUNT % 16 - j * VW)};
            const ptrdiff_t k = ${COUNT / 16 * 16 + j * VW};

            v_store_n(y + k, v_exp(v_sub(v_load_n(x + k, n), m)), n);
            s${j} = v_add(s${j}, v_load_n(y + k, n));
        }
//@ end
//@ for j in 0..16 / VW
        v_store(sums + ${j * VW}, s${j});
//@ end
        for (int j = 0; j < 16; j++)
            sum += sums[j];
//@ if LOG
        sum = logf(sum);
        s0 = v_set1(sum);
        for (i = 0; i + V <= ${COUNT}; i += V)
            v_store(y + i, v_sub(v_sub(v_load(x + i), m), s0));
        for (; i < ${COUNT}; i++)
            y[i] = x[i] - most - sum;
//@ else
        m = v_set1(sum);
        for (i = 0; i + V <= ${COUNT}; i += V)
            v_store(y + i, v_div(v_load(y + i), m));
        for (; i < ${COUNT}; i++)
            y[i] /= sum;
//@ end
//@ elif MODE == lanes
//@ if RANK == 1
        const ptrdiff_t end = NET_TO16(${DIM[0]});
        ptrdiff_t i = NET_FROM16(${DIM[0]});
//@ else
        const ptrdiff_t end = ${DIM[RANK - 1]};
        ptrdiff_t i = 0;
//@ end
//@ for tail in 0..DIM[RANK - 1] % VW ? 2 : 1
//@ if tail
        if (i < end) {
            const int n = ${DIM[RANK - 1] % VW};
//@ else
        for (; i + V <= end; i += V) {
            const int n = V;
//@ end
            const float *x = x${RANK - 1} + i;
            float *y = y${RANK - 1} + i;
            v_f32 m = v_load_n(x, n), s = v_set1(0.0f), t;

            for (ptrdiff_t k = 1; k < ${COUNT}; k++)
                m = v_max(v_load_n(x + k * ${XA}, n), m);
            for (ptrdiff_t k = 0; k < ${COUNT}; k++) {
                t = v_exp(v_sub(v_load_n(x + k * ${XA}, n), m));
                s = v_add(s, t);
                v_store_n(y + k * ${YA}, t, n);
            }
//@ if LOG
            s = v_each(logf, s);
            for (ptrdiff_t k = 0; k < ${COUNT}; k++) {
                t = v_sub(v_load_n(x + k * ${XA}, n), m);
                v_store_n(y + k * ${YA}, v_sub(t, s), n);
            }
//@ else
            for (ptrdiff_t k = 0; k < ${COUNT}; k++)
                v_store_n(y + k * ${YA}, v_div(v_load_n(y + k * ${YA}, n), s), n);
//@ end
        }
//@ end
//@ else
        const ${T} *x = x${RANK};
        ${T} *y = y${RANK}, most = x[0], sum = 0;

        for (ptrdiff_t k = 1; k < ${COUNT}; k++)
            most = x[k * ${XA}] > most ? x[k * ${XA}] : most;
        for (ptrdiff_t k = 0; k < ${COUNT}; k++) {
            y[k * ${YA}] = ${EXP}(x[k * ${XA}] - most);
            sum += y[k * ${YA}];
        }
//@ if LOG
        sum = ${LOGF}(sum);
        for (ptrdiff_t k = 0; k < ${COUNT}; k++)
            y[k * ${YA}] = x[k * ${XA}] - most - sum;
//@ else
        for (ptrdiff_t k = 0; k < ${COUNT}; k++)
            y[k * ${YA}] /= sum;
//@ end
//@ end
//@ for d in 0..MODE == lanes ? RANK - 1 : RANK
    }
//@ end
}
