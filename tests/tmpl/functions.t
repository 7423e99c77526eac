//# A=3 B=-5 X=[7,8,9]
//@ params A B X[]
${min(A, B)} ${max(A, B)} ${min(max(A, B), 2)} ${len(X)} ${min(1, len(X) - 1)}
//# expect
-5 3 2 3 1
