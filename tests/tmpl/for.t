//# A=3
//@ params A
//@ for i in 0..A
acc${i}
//@ end
//@ for i in -1..1
(${i})
//@ end
//@ for i in 5..5
never
//@ end
//@ for i in A..-A
never
//@ end
//@ for i in A * 2 .. A * 2 + 1
${i}
//@ end
//# expect
acc0
acc1
acc2
(-1)
(0)
6
