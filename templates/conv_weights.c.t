//@ params NV VW LDW PANEL
            NET_UNUSED v_f32 p;
//@ for j in 0..NV
//@ if j == NV - 1 && LDW % VW
            NET_UNUSED const v_f32 w${j} = v_load_n(wq + ${j * VW}, ${LDW % VW});
//@ else
            NET_UNUSED const v_f32 w${j} = v_load(wq + ${j * VW / 16 * PANEL + j * VW % 16});
//@ end
//@ end
