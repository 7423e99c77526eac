//@ params M NV VW LDW PANEL XW XC AHEAD
//@ include conv_weights.c.t
//@ if AHEAD
//@ for j in 0..(NV * VW + 15) / 16
            v_prefetch(wq + ${j * PANEL + AHEAD * LDW});
//@ end
//@ end
//@ for i in 0..M
            p = v_set1(xq[${i * XW}]);
//@ for j in 0..NV
            a${i}_${j} = v_fma(p, w${j}, a${i}_${j});
//@ end
//@ end
            xq += ${XC};
            wq += ${LDW};
