//@ params NAME M NV VW LDW PANEL XW XC AHEAD
/* Adds the products of n channels of one tap to ${M} pixels' sums of ${NV * VW} channels. */
NET_FN void ${NAME}(const float *xq, const float *wq, float *t, int n)
{
//@ for i in 0..M
//@ for j in 0..NV
    v_f32 a${i}_${j} = v_load(t + ${(i * NV + j) * VW});
//@ end
//@ end

    for (int k = 0; k < n; k++) {
//@ include conv_step.c.t
    }
//@ for i in 0..M
//@ for j in 0..NV
    v_store(t + ${(i * NV + j) * VW}, a${i}_${j});
//@ end
//@ end
}
