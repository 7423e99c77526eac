//# A=2
//@ params A
//@ for i in 0..A
x${i}
//@ end
//# expect
x0
x1
