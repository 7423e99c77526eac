//@ params M NV VW LDW EDGE
            v_f32 wj[${NV}];
            NET_UNROLL
            for (int j = 0; j < ${NV}; j++)
//@ if LDW % VW
                wj[j] = j < ${NV - 1} ? v_load(wq + j * V) : v_load_n(wq + j * V, ${LDW % VW});
//@ else
                wj[j] = v_load(wq + j * V / 16 * t.panel + j * V % 16);
//@ end
            if (t.ahead)
                NET_UNROLL
                for (int j = 0; j < ${(NV * VW + 15) / 16}; j++)
                    v_prefetch(wq + j * t.panel + t.ahead * ${LDW});
            NET_UNROLL
            for (int i = 0; i < ${M}; i++) {
//@ if EDGE
                if (i * t.step + q * t.dil < left || i * t.step + q * t.dil >= right)
                    continue;
//@ end
                const v_f32 p = v_set1(xq[i * t.xw]);
                NET_UNROLL
                for (int j = 0; j < ${NV}; j++)
                    a[i][j] = v_fma(p, wj[j], a[i][j]);
            }
            xq += t.xc;
            wq += ${LDW};
