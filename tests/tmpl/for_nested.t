//# M=2 N=3
//@ params M N
//@ for i in 0..M
    row ${i};
    //@ for j in i..N
    acc${i}_${j} = ${i * N + j};
        //@ if i == j
    diagonal;
        //@ end
    //@ end
//@ end
//# expect
    row 0;
    acc0_0 = 0;
    diagonal;
    acc0_1 = 1;
    acc0_2 = 2;
    row 1;
    acc1_1 = 4;
    diagonal;
    acc1_2 = 5;
