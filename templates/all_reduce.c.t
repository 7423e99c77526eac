//@ params NAME COUNT
/* A gradient is complete: those of all ranks are added up while the backward pass goes on. */
NET_FN void ${NAME}(const mnc_ranks *others, float *g)
{
    others->begin(others->user, g, ${COUNT});
}
