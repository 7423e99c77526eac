//@ params d OP COUNT_PAD STRIDE[] PAD[] END_PAD[] DIL[] IN[] KERNEL[]
        const ptrdiff_t i${d} = o${d} * ${STRIDE[d]} - ${PAD[d]};
        const ptrdiff_t first${d} = i${d} < 0 ? (${DIL[d] - 1} - i${d}) / ${DIL[d]} : 0;
        const ptrdiff_t room${d} = (${IN[d] + DIL[d] - 1} - i${d}) / ${DIL[d]};
        const ptrdiff_t end${d} = room${d} < ${KERNEL[d]} ? room${d} : ${KERNEL[d]};
//@ if OP == avg && COUNT_PAD
        const ptrdiff_t all${d} = (${IN[d] + END_PAD[d] + DIL[d] - 1} - i${d}) / ${DIL[d]};
        const ptrdiff_t count${d} = all${d} < ${KERNEL[d]} ? all${d} : ${KERNEL[d]};
//@ elif OP == avg
        const ptrdiff_t count${d} = end${d} > first${d} ? end${d} - first${d} : 1;
//@ end
