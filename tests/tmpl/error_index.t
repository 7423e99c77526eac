//# X=[1,2]
//@ params X[]
//@ for i in 0..1
//@ for j in 0..3
${X[i + j]}
//@ end
//@ end
//# error
error_index.t:5:3: error: X has 2 elements, there is no X[2]
    ${X[i + j]}
      ^
    with j = 2, i = 0
