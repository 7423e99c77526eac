//# NAME=scale N=10 U=2 ACT=relu  The example of templates/README.md.
//# N: floats; U: of them in a round; ACT: none, relu
//@ params NAME N U ACT
static void ${NAME}(const float *x, float *y)
{
    for (int i = 0; i < ${N / U * U}; i += ${U}) {
    //@ for u in 0..U
        //@ if ACT == relu
        y[i + ${u}] = x[i + ${u}] > 0 ? x[i + ${u}] : 0;
        //@ else
        y[i + ${u}] = x[i + ${u}];
        //@ end
    //@ end
    }
}
//# expect
static void scale(const float *x, float *y)
{
    for (int i = 0; i < 10; i += 2) {
        y[i + 0] = x[i + 0] > 0 ? x[i + 0] : 0;
        y[i + 1] = x[i + 1] > 0 ? x[i + 1] : 0;
    }
}
