//@ params NAME M NV VW LAST AM AK BK YM
/* ${M} rows x ${(NV - 1) * VW + LAST} columns of a product, a part of its depth, added to y if it
 * is not the first. */
NET_FN void ${NAME}(const float *a, const float *b, float *y, ptrdiff_t depth, int first)
{
//@ for i in 0..M
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
    v_f32 s${i}_${j} = first ? v_set1(0.0f) : v_load_n(y + ${i * YM + j * VW}, ${LAST});
//@ else
    v_f32 s${i}_${j} = first ? v_set1(0.0f) : v_load(y + ${i * YM + j * VW});
//@ end
//@ end
//@ end

    for (ptrdiff_t k = 0; k < depth; k++) {
        v_f32 p;
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
        const v_f32 b${j} = v_load_n(b + k * ${BK} + ${j * VW}, ${LAST});
//@ else
        const v_f32 b${j} = v_load(b + k * ${BK} + ${j * VW});
//@ end
//@ end
//@ for i in 0..M
        p = v_set1(a[k * ${AK} + ${i * AM}]);
//@ for j in 0..NV
        s${i}_${j} = v_fma(p, b${j}, s${i}_${j});
//@ end
//@ end
    }

//@ for i in 0..M
//@ for j in 0..NV
//@ if j == NV - 1 && LAST < VW
    v_store_n(y + ${i * YM + j * VW}, s${i}_${j}, ${LAST});
//@ else
    v_store(y + ${i * YM + j * VW}, s${i}_${j});
//@ end
//@ end
//@ end
}
