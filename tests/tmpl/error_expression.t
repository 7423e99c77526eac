//@ params
${}
${1 +}
${1 2}
${(1}
${1 ? 2}
${1)}
${1 = 1}
${1 & 1}
${min(1)}
${min(1, 2, 3)}
${abs(1)}
${"x"}
${1
//@ if
//@ end
//@ if 1 1
//@ end
//# error
error_expression.t:2:3: error: expected a value
    ${}
      ^
error_expression.t:3:6: error: expected a value
    ${1 +}
         ^
error_expression.t:4:5: error: expected '}'
    ${1 2}
        ^
error_expression.t:5:5: error: expected ')'
    ${(1}
        ^
error_expression.t:6:8: error: expected ':'
    ${1 ? 2}
           ^
error_expression.t:7:4: error: expected '}'
    ${1)}
       ^
error_expression.t:8:5: error: expected '}'
    ${1 = 1}
        ^
error_expression.t:9:5: error: expected '}'
    ${1 & 1}
        ^
error_expression.t:10:8: error: expected ','
    ${min(1)}
           ^
error_expression.t:11:11: error: expected ')'
    ${min(1, 2, 3)}
              ^
error_expression.t:12:3: error: there is no such function; there are min, max and len
    ${abs(1)}
      ^~~
error_expression.t:13:3: error: expected a value
    ${"x"}
      ^
error_expression.t:14:4: error: expected '}'
    ${1
       ^
error_expression.t:15:7: error: expected a value
    //@ if
          ^
error_expression.t:17:10: error: this does not belong to the directive
    //@ if 1 1
             ^
