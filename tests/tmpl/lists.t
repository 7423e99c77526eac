//# X=[10,-20,30] E=[] I=1
//@ params X[] E[] I
${X[0]} ${X[I]} ${X[len(X) - 1]} ${X[I + 1] / 3} ${X[len(E)]}
//@ for i in 0..len(X)
x${i} = ${X[i]};
//@ end
//@ for i in 0..len(E)
never ${E[i]}
//@ end
//# expect
10 -20 30 10 10
x0 = 10;
x1 = -20;
x2 = 30;
