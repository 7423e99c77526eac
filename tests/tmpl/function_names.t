//# min=1 len=2 in=3 if=4
//@ params min len in if
Only a parenthesis makes a function of a name: ${min + len} ${min(len, in)}
//@ for for in in..if
${for}
//@ end
//# expect
Only a parenthesis makes a function of a name: 3 2
3
