//# A=2
//# To be named by an included template is a use.
//@ params A
//@ include b.t
//# file b.t
//@ params A
${A}
//# expect
2
