//@ params NAME T COUNT FIRST LAST
/* The sum of squares of all gradients so far; at the last, the factor that makes its root at most
 * h->clip (torch.nn.utils.clip_grad_norm_). */
NET_FN void ${NAME}(const ${T} *g, const mnc_head *h, ${T} *y)
{
    double sum = 0;

//@ if !FIRST
    sum = (double)*y;
//@ end
    for (ptrdiff_t i = 0; i < ${COUNT}; i++)
        sum += (double)g[i] * (double)g[i];
//@ if LAST
    sum = h->clip / (sqrt(sum) + 1e-6);
    sum = h->clip > 0 && sum < 1 ? sum : 1;
//@ else
    (void)h;
//@ end
    *y = (${T})sum;
}
