//# A=3 ACT=relu X=[5,6]
//@ params A ACT X[]
begin
//@ include store.t
//@ for i in 0..2
    //@ include store.t
    //@ include row.t
//@ end
${A}
//# file store.t
//@ params ACT
store ${ACT};
//# file row.t
//@ params i X[]
row ${i}: ${X[i]}
    //@ for j in 0..i
${i},${j}
    //@ end
//# expect
begin
store relu;
store relu;
row 0: 5
store relu;
row 1: 6
1,0
3
