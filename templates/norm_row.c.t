//@ params RANK SR[] BR[] COUNT EPS BIAS VW
        const float *x = x${RANK}, *s = s${RANK};
//@ if BIAS
        const float *b = b${RANK};
//@ end
        float *y = y${RANK}, sums[16], mean = 0, var = 0, r;
        v_f32 m, t;
        ptrdiff_t i;
//@ for j in 0..16 / VW
        v_f32 p${j} = v_set1(0.0f);
//@ end

        for (i = 0; i < ${COUNT / 16 * 16}; i += 16) {
//@ for j in 0..16 / VW
            p${j} = v_add(p${j}, v_load(x + i + ${j * VW}));
//@ end
        }
//@ for j in 0..(COUNT % 16 + VW - 1) / VW
        t = v_load_n(x + ${COUNT / 16 * 16 + j * VW}, ${min(VW, COUNT % 16 - j * VW)});
        p${j} = v_add(p${j}, t);
//@ end
//@ for j in 0..16 / VW
        v_store(sums + ${j * VW}, p${j});
        p${j} = v_set1(0.0f);
//@ end
        for (i = 0; i < 16; i++)
            mean += sums[i];
        mean /= (float)${COUNT};
        m = v_set1(mean);

        for (i = 0; i < ${COUNT / 16 * 16}; i += 16) {
//@ for j in 0..16 / VW
            t = v_sub(v_load(x + i + ${j * VW}), m);
            v_store(y + i + ${j * VW}, t);
            p${j} = v_fma(t, t, p${j});
//@ end
        }
//@ for j in 0..(COUNT % 16 + VW - 1) / VW
        t = v_sub(v_load_n(x + ${COUNT / 16 * 16 + j * VW}, ${min(VW, COUNT % 16 - j * VW)}), m);
        v_store_n(y + ${COUNT / 16 * 16 + j * VW}, t, ${min(VW, COUNT % 16 - j * VW)});
        t = v_load_n(y + ${COUNT / 16 * 16 + j * VW}, ${min(VW, COUNT % 16 - j * VW)});
        p${j} = v_fma(t, t, p${j});
//@ end
//@ for j in 0..16 / VW
        v_store(sums + ${j * VW}, p${j});
//@ end
        for (i = 0; i < 16; i++)
            var += sums[i];
        r = 1.0f / sqrtf(var / (float)${COUNT} + ${EPS});

        for (i = 0; i + V <= ${COUNT}; i += V) {
//@ if SR[0]
            t = v_mul(v_load(y + i), v_mul(v_load(s + i), v_set1(r)));
//@ else
            t = v_mul(v_load(y + i), v_set1(*s * r));
//@ end
//@ if BIAS && BR[0]
            t = v_add(t, v_load(b + i));
//@ elif BIAS
            t = v_add(t, v_set1(*b));
//@ end
            v_store(y + i, t);
        }
        for (; i < ${COUNT}; i++) {
            const float d = y[i] * (s[i * ${SR[0]}] * r);
//@ if BIAS
            y[i] = d + b[i * ${BR[0]}];
//@ else
            y[i] = d;
//@ end
        }
