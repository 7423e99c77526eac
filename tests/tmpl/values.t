//# A=3 B=-4 W=relu6
//@ params A B W
${A}${B} a${A}_${B}b ${ A } (${-A}) ${W}_${W}
${A}
//# expect
3-4 a3_-4b 3 (-3) relu6_relu6
3
