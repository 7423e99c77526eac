//@ params NAME ACT
/* ${ACT} of one number. */
NET_FN float ${NAME}(float x)
{
    float lane[V];

    v_store(lane, ${ACT}(v_set1(x)));
    return lane[0];
}
