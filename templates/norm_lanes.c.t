//@ params RANK S[] B[] INNER LOOP[] XR[] SR[] BR[] YR[] COUNT EPS BIAS
            const v_f32 count = v_set1((float)${COUNT});
            v_f32 m = v_set1(0.0f), r = v_set1(0.0f), t;

//@ for d in 0..INNER
            for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
                m = v_add(m, v_load_n(x
//@ for d in 0..INNER
                    + k${d} * ${XR[d]}
//@ end
                    , n));
            m = v_div(m, count);

//@ for d in 0..INNER
            for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
            {
                t = v_sub(v_load_n(x
//@ for d in 0..INNER
                    + k${d} * ${XR[d]}
//@ end
                    , n), m);
                r = v_fma(t, t, r);
            }
            r = v_add(v_div(r, count), v_set1(${EPS}));
            r = v_div(v_set1(1.0f), v_sqrt(r));

//@ for d in 0..INNER
            for (ptrdiff_t k${d} = 0; k${d} < ${LOOP[d]}; k${d}++)
//@ end
            {
                const float *sk = s
//@ for d in 0..INNER
                    + k${d} * ${SR[d]}
//@ end
                    ;
//@ if BIAS
                const float *bk = b
//@ for d in 0..INNER
                    + k${d} * ${BR[d]}
//@ end
                    ;
//@ end
                t = v_sub(v_load_n(x
//@ for d in 0..INNER
                    + k${d} * ${XR[d]}
//@ end
                    , n), m);
//@ if S[RANK - 1]
                t = v_mul(t, v_mul(v_load_n(sk, n), r));
//@ else
                t = v_mul(t, v_mul(v_set1(*sk), r));
//@ end
//@ if BIAS && B[RANK - 1]
                t = v_add(t, v_load_n(bk, n));
//@ elif BIAS
                t = v_add(t, v_set1(*bk));
//@ end
                v_store_n(y
//@ for d in 0..INNER
                    + k${d} * ${YR[d]}
//@ end
                    , t, n);
            }
