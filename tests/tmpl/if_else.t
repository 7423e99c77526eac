//# A=2
//@ params A
//@ for i in 0..5
//@ if i == 0
zero
//@ elif i == A
A
//@ elif i < 4
${i}, neither 0 nor A
//@ else
else
//@ end
//@ end
//@ if A
//@ else
not this
//@ end
//# expect
zero
1, neither 0 nor A
A
3, neither 0 nor A
else
