//# SPDX-License-Identifier: 0BSD
//# A=1 The top may have several remarks, parameters of the test stand in them.
//@ params A
    //# ${A and ${B is no matter
x
//# y
${A}
//# expect
x
1
