//# A*: of the operand whose numbers are broadcast, B*: of the one that is read in vectors; C: from
//# channel to channel, P: from pixel to pixel.  YR: from row to row of the result.
//@ params NAME M NV VW LAST AC AP BP YR
/* Adds the products of ${M} x ${(NV - 1) * VW + LAST} channels, summed over n pixels. */
NET_FN void ${NAME}(const float *a, const float *b, float *y, ptrdiff_t n)
{
//@ for i in 0..M
//@ for j in 0..NV
    v_f32 s${i}_${j} = v_set1(0.0f);
//@ end
//@ end

    for (; n > 0; n--) {
        v_f32 p;
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
        const v_f32 b${j} = v_load_n(b + ${j * VW}, ${LAST});
//@ else
        const v_f32 b${j} = v_load(b + ${j * VW});
//@ end
//@ end
//@ for i in 0..M
        p = v_set1(a[${i * AC}]);
//@ for j in 0..NV
        s${i}_${j} = v_fma(p, b${j}, s${i}_${j});
//@ end
//@ end
        a += ${AP};
        b += ${BP};
    }
//@ for i in 0..M
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
    v_store_n(y + ${i * YR + j * VW}, v_add(v_load_n(y + ${i * YR + j * VW}, ${LAST}), s${i}_${j}),
        ${LAST});
//@ else
    v_store(y + ${i * YR + j * VW}, v_add(v_load(y + ${i * YR + j * VW}), s${i}_${j}));
//@ end
//@ end
//@ end
}
