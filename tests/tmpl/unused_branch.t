//# A=1 B=2 X=[1]
//# A use in a branch that is not taken is a use, as is len.
//@ params A B X[]
//@ if A
//@ else
${B}
//@ end
//@ for i in 0..0
${len(X)}
//@ end
//# expect
