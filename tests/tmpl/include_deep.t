//# A=2
//@ params A
//@ for i in 0..A
//@ include b.t
//@ end
//# file b.t
//@ params A i
//@ for j in 0..A
//@ include c.t
//@ end
//# file c.t
//@ params j i
${i}${j}
//# expect
00
01
10
11
