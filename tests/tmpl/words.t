//# ACT=relu6 NAME=conv_1
//@ params ACT NAME
${ACT == relu6} ${ACT != relu6} ${ACT == relu} ${ACT != relu} ${ACT == relu66}
//@ if ACT == relu6 && NAME != conv_2
${NAME}: ${ACT == relu6 ? 6 : 0}
//@ end
//# expect
1 0 0 1 0
conv_1: 6
