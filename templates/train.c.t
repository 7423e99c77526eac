//# The table of slots, of dimensions and of initial values are in the file already.
//@ params PREFIX NAME VERSION OPTIMIZER BATCH CLASSES KEPT STATE ARENA SCORES LAYOUT_HIGH LAYOUT_LOW WEIGHTS N_SLOT N_INITIAL THREADS KEEP RANKS OTHERS SPLIT EVAL UPDATE

static const uint64_t net_layout = (uint64_t)${LAYOUT_HIGH}u << 32 | ${LAYOUT_LOW}u;

/* Runs one of the programs on the calling thread, or on those of a context. */
static void net_train(void *context, int program, unsigned char *s, const float *x,
    const int32_t *labels, float *loss)
{
    ${PREFIX}_inputs in;
    ${PREFIX}_outputs out;
    const unsigned char *w = (const unsigned char *)${WEIGHTS};

    in.x = x;
    in.labels = labels;
//@ if RANKS > 1
    in.others = *AT(const mnc_ranks *, s, ${OTHERS});
//@ end
    out.loss = loss;
    out.scores = AT(float, s, ${SCORES});
//@ if THREADS
    if (context)
        net_run_all((net_context *)context, &in, &out, w, s, s + ${ARENA}, program);
    else
        net_dispatch(&in, &out, w, s, s + ${ARENA}, program, 0, 1, NULL);
//@ else
    (void)context;
    net_dispatch(&in, &out, w, s, s + ${ARENA}, program);
//@ end
}

static int net_check(const void *state, int first)
{
    if (!state)
        return MNC_NET_NULL;
    if ((uintptr_t)state % 64)
        return MNC_NET_MISALIGNED;
    if (!variant())
        return MNC_NET_CPU;
    return first || ((const mnc_head *)state)->layout == net_layout ? MNC_NET_OK : MNC_NET_STATE;
}

static int net_check_batch(const void *state, const float *x, const int32_t *labels,
    const float *loss)
{
    const int code = net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    if (!x || !labels || !loss)
        return MNC_NET_NULL;
    for (int i = 0; i < ${BATCH}; i++)
        if (labels[i] < 0 || labels[i] >= ${CLASSES})
            return MNC_NET_LABEL;
    return MNC_NET_OK;
}

/* Another step begins. */
static void net_count(mnc_head *h)
{
    h->step++;
    h->beta1_power *= h->beta1;
    h->beta2_power *= h->beta2;
}

//@ if SPLIT
static int train_gradients(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    const int code = net_check_batch(state, x, labels, loss);
//@ if RANKS > 1
    const mnc_ranks *others;
    double all;

    if (code != MNC_NET_OK)
        return code;
    others = *AT(const mnc_ranks *, (unsigned char *)state, ${OTHERS});
    if (!others)
        return MNC_NET_ALONE;
    net_train(context, 0, (unsigned char *)state, x, labels, loss);
    all = (double)*loss;
    others->sum(others->user, &all, 1);
    *loss = (float)all;
    others->finish(others->user);
    return MNC_NET_OK;
//@ else

    if (code == MNC_NET_OK)
        net_train(context, 0, (unsigned char *)state, x, labels, loss);
    return code;
//@ end
}

static int train_update(void *context, void *state)
{
    const int code = net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    net_count((mnc_head *)state);
    net_train(context, ${UPDATE}, (unsigned char *)state, NULL, NULL, NULL);
    return MNC_NET_OK;
}

static int train_step(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    const int code = train_gradients(context, state, x, labels, loss);

    return code == MNC_NET_OK ? train_update(context, state) : code;
}
//@ else
static int train_step(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    const int code = net_check_batch(state, x, labels, loss);

    if (code != MNC_NET_OK)
        return code;
    net_count((mnc_head *)state);
    net_train(context, 0, (unsigned char *)state, x, labels, loss);
    return MNC_NET_OK;
}
//@ end

static int train_eval(void *context, void *state, const float *x, const int32_t *labels,
    float *loss)
{
    static const int32_t none[${BATCH}] = { 0 };
    float ignored = 0;
    const int code = labels ? net_check_batch(state, x, labels, loss ? loss : &ignored)
                            : net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    if (!x)
        return MNC_NET_NULL;
    net_train(context, ${EVAL}, (unsigned char *)state, x, labels ? labels : none,
        labels && loss ? loss : &ignored);
    return MNC_NET_OK;
}

/* ---- initial values ---- */

/* splitmix64 (Steele, Lea, Flood 2014), jumped to element i of stream key. */
static uint64_t net_bits(uint64_t key, uint64_t i)
{
    uint64_t z = key + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Variance 2 / fan in; the sum of four uniform numbers stands for a normal one. */
static void net_draw(float *p, const mnc_slot *slot, uint64_t key)
{
    const size_t n = slot->tensor.bytes / sizeof *p;
    const double deviation = sqrt(2.0 * (double)slot->tensor.dim[0] / (double)n);

    for (size_t i = 0; i < n; i++) {
        const uint64_t z = net_bits(key, i);
        const int64_t sum = (int64_t)((z & 65535) + (z >> 16 & 65535) + (z >> 32 & 65535)
                                      + (z >> 48)) - 131070;
        p[i] = (float)((double)sum * (deviation / 37837.22723720648));
    }
}

static int train_init(void *state, uint64_t seed)
{
    static const mnc_head head = { 0, 0, 1, 1, 0.001, 0.9, 0, 0.9, 0.999, 1e-8, 0, 0, -1, 0.999 };
    const int code = net_check(state, 1);
    unsigned char *s = (unsigned char *)state;

    if (code != MNC_NET_OK)
        return code;
//@ if RANKS > 1
    memset(s, 0, ${ARENA});
//@ else
    memset(s, 0, ${KEPT});
//@ end
    *(mnc_head *)state = head;
    ((mnc_head *)state)->layout = net_layout;
//@ if N_INITIAL
    for (int i = 0; i < ${N_INITIAL}; i++)
        memcpy(s + initial_table[i].to,
            (const unsigned char *)${WEIGHTS} + initial_table[i].from, initial_table[i].bytes);
//@ end
    for (int i = 0; seed && i < ${N_SLOT}; i++)
        if (slot_table[i].kind == MNC_SLOT_PARAM && slot_table[i].tensor.rank > 1)
            net_draw(AT(float, s, slot_table[i].offset), &slot_table[i],
                net_bits(seed, (uint64_t)i));
    return MNC_NET_OK;
}

//@ if RANKS > 1
static int train_join(void *state, const mnc_ranks *others)
{
    const int code = net_check(state, 0);

    if (code != MNC_NET_OK)
        return code;
    if (!others)
        return MNC_NET_NULL;
    *AT(const mnc_ranks *, (unsigned char *)state, ${OTHERS}) = others;
    return MNC_NET_OK;
}

//@ end
/* ---- the same by name ---- */

int ${PREFIX}_init(void *state, uint64_t seed)
{
    return train_init(state, seed);
}

int ${PREFIX}_train_step(void *state, const float *x, const int32_t *labels, float *loss)
{
    return train_step(NULL, state, x, labels, loss);
}

int ${PREFIX}_eval(void *state, const float *x, const int32_t *labels, float *loss)
{
    return train_eval(NULL, state, x, labels, loss);
}

//@ if KEEP
int ${PREFIX}_gradients(void *state, const float *x, const int32_t *labels, float *loss)
{
    return train_gradients(NULL, state, x, labels, loss);
}

int ${PREFIX}_update(void *state)
{
    return train_update(NULL, state);
}

//@ end
//@ if RANKS > 1
int ${PREFIX}_join(void *state, const mnc_ranks *others)
{
    return train_join(state, others);
}

//@ end
/* mnc_net.run of a net that trains: weights is its state. */
static int run_by_position(const void *const *in, void *const *out, const void *weights,
    void *arena)
{
    unsigned char *s = (unsigned char *)(uintptr_t)weights;
    const int code = train_eval(NULL, s, (const float *)in[0], NULL, NULL);

    (void)arena;
    if (code == MNC_NET_OK)
        memcpy(out[0], s + ${SCORES}, output_table[0].bytes);
    return code;
}

static int net_selftest(const void *weights, void *memory)
{
    (void)weights, (void)memory;
    return MNC_NET_NO_SAMPLE;
}

const mnc_net *${PREFIX}_describe(void)
{
    static const mnc_trainer trainer = {
        MNC_TRAIN_ABI, "${OPTIMIZER}", ${BATCH}, ${CLASSES}, ${N_SLOT}, slot_table,
        ${KEPT}, ${STATE}, train_init, train_step,
//@ if KEEP
        train_gradients, train_update,
//@ else
        0, 0,
//@ end
        train_eval,
//@ if RANKS > 1
        ${RANKS}, train_join
//@ else
        1, 0
//@ end
    };
    static const mnc_net net = {
        MNC_NET_ABI, ${NAME}, "${VERSION}", variant_name, 1, 1, input_table, output_table,
        0, 0, 0, run_by_position, 0, net_selftest,
//@ if THREADS
        ${PREFIX}_CONTEXT_BYTES, ${PREFIX}_open, 0, ${PREFIX}_close,
//@ else
        0, 0, 0, 0,
//@ end
        &trainer
    };

    return &net;
}
