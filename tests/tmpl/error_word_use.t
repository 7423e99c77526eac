//# W=relu N=1
//@ params W N
${W + 1}
${-W}
${N == W}
${W == N} ${W == 3}
${W == }
${W < relu}
//@ if W
//@ end
//@ for i in 0..W
//@ end
${(W)} may be inserted, ${W ? 1 : 2} not
//# error
error_word_use.t:3:3: error: 'W' is a word: it can be inserted alone or compared with == and !=
    ${W + 1}
      ^
error_word_use.t:4:4: error: 'W' is a word: it can be inserted alone or compared with == and !=
    ${-W}
       ^
error_word_use.t:5:8: error: 'W' is a word: it can be inserted alone or compared with == and !=
    ${N == W}
           ^
error_word_use.t:6:8: error: 'W' is a word: it is compared with a bare word
    ${W == N} ${W == 3}
           ^
error_word_use.t:7:8: error: 'W' is a word: it is compared with a bare word
    ${W == }
           ^
error_word_use.t:8:7: error: unknown name 'relu'
    ${W < relu}
          ^~~~
error_word_use.t:9:8: error: 'W' is a word: it can be inserted alone or compared with == and !=
    //@ if W
           ^
error_word_use.t:11:17: error: 'W' is a word: it can be inserted alone or compared with == and !=
    //@ for i in 0..W
                    ^
error_word_use.t:13:27: error: 'W' is a word: it can be inserted alone or compared with == and !=
    ${(W)} may be inserted, ${W ? 1 : 2} not
                              ^
