//# X=[1,2]
//@ params X[]
${X[-1]}
//# error
error_index_negative.t:3:3: error: X has 2 elements, there is no X[-1]
    ${X[-1]}
      ^
