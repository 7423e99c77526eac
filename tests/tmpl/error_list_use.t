//# X=[1] N=2 W=relu
//@ params X[] N W
${X}
${X + 1}
${N[0]}
${W[0]}
${len(N)} ${len(3)}
${len(Y)}
//# error
error_list_use.t:3:3: error: 'X' is a list: it is used as X[...] or len(X)
    ${X}
      ^
error_list_use.t:4:3: error: 'X' is a list: it is used as X[...] or len(X)
    ${X + 1}
      ^
error_list_use.t:5:3: error: 'N' is not a list
    ${N[0]}
      ^
error_list_use.t:6:3: error: 'W' is not a list
    ${W[0]}
      ^
error_list_use.t:7:7: error: len wants the name of a list
    ${len(N)} ${len(3)}
          ^
error_list_use.t:8:7: error: unknown name 'Y'
    ${len(Y)}
          ^
