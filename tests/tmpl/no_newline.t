//@ params
//@ include tail.t
!
//# file tail.t
//@ params
//@ if 1
The end of a file is the end of a line.
//@ end
//# expect
The end of a file is the end of a line.
!
