//@ params M NV VW LDW PANEL XW XC
//@ include conv_weights.c.t
//@ for i in 0..M
            p = v_set1(xq[${i * XW}]);
//@ for j in 0..NV
            a${i}_${j} = v_fma(p, w${j}, a${i}_${j});
//@ end
//@ end
            xq += ${XC};
            wq += ${LDW};
