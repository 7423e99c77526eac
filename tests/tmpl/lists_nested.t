//# X=[2,0,1]
//@ params X[]
${X[X[X[0]]]}
//# expect
0
