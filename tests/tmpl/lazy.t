//# X=[4] N=0
//@ params X[] N
What is not needed may be wrong:
${1 < len(X) && X[1]} ${N == 0 || 1 / N} ${N ? 1 / N : -1}
//@ if 0
${1 / N}
//@ end
//@ if 1 || X[9]
yes
//@ end
//# expect
What is not needed may be wrong:
0 1 -1
yes
