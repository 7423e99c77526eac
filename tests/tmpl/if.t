//# A=1 B=0
//@ params A B
//@ if A
one
//@ end
//@ if B
not this
//@ end
//@ if -5
any number but 0
//@ end
end
//# expect
one
any number but 0
end
