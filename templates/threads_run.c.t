//@ params PREFIX TRAIN

/* Waits for a job other than the one that was seen last: spinning first, then asleep. */
static unsigned net_next_job(net_context *c, unsigned seen)
{
    unsigned job = seen;

    for (int i = 0; i < 20 * c->spins && job == seen; i++) {
        job = __atomic_load_n(&c->job, __ATOMIC_ACQUIRE);
        net_pause(0);
    }
    if (job != seen)
        return job;
    pthread_mutex_lock(&c->lock);
    c->sleepers++;
    while ((job = __atomic_load_n(&c->job, __ATOMIC_ACQUIRE)) == seen)
        pthread_cond_wait(&c->wake, &c->lock);
    c->sleepers--;
    pthread_mutex_unlock(&c->lock);
    return job;
}

static void net_publish(net_context *c)
{
    pthread_mutex_lock(&c->lock);
    __atomic_add_fetch(&c->job, 1, __ATOMIC_RELEASE);
    if (c->sleepers)
        pthread_cond_broadcast(&c->wake);
    pthread_mutex_unlock(&c->lock);
}

static void net_run_part(net_context *c, int part)
{
//@ if TRAIN
    net_dispatch(c->in, c->out, c->w, c->s, c->a, c->program, part, c->parts, c);
//@ else
    net_dispatch(c->in, c->out, c->w, c->a, part, c->parts, c);
//@ end
}

/* The barrier after the last layer is the end for all. */
static void net_run_all(net_context *c, const ${PREFIX}_inputs *in, const ${PREFIX}_outputs *out,
//@ if TRAIN
    const unsigned char *w, unsigned char *s, unsigned char *a, int program)
//@ else
    const unsigned char *w, unsigned char *a)
//@ end
{
//@ if TRAIN
    c->s = s;
    c->program = program;
//@ end
    c->in = in;
    c->out = out;
    c->w = w;
    c->a = a;
    if (c->parts > 1)
        net_publish(c);
    net_run_part(c, 0);
}

/* The number of a thread is how many had started before it. */
static void *net_work(void *arg)
{
    net_context *c = (net_context *)arg;
    const int part = __atomic_add_fetch(&c->started, 1, __ATOMIC_ACQ_REL);
    unsigned job = 0;

    for (;;) {
        job = net_next_job(c, job);
        if (c->stop)
            return NULL;
        net_run_part(c, part);
    }
}

void ${PREFIX}_close(void *context)
{
    net_context *c = (net_context *)context;

    c->stop = 1;
    net_publish(c);
    for (int i = 1; i < c->parts; i++)
        pthread_join(c->thread[i], NULL);
    pthread_cond_destroy(&c->gate);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
}

int ${PREFIX}_open(void *context, int threads)
{
    net_context *c = (net_context *)context;

    if (!c)
        return MNC_NET_NULL;
    if (threads < 1 || threads > NET_MAX_THREADS)
        return MNC_NET_THREADS;
    memset(c, 0, sizeof *c);
    if (pthread_mutex_init(&c->lock, NULL) || pthread_cond_init(&c->wake, NULL)
        || pthread_cond_init(&c->gate, NULL))
        return MNC_NET_THREADS;
    c->parts = 1;
    c->spins = threads > sysconf(_SC_NPROCESSORS_ONLN) ? 0 : NET_SPINS;
    while (c->parts < threads) {
        if (pthread_create(&c->thread[c->parts], NULL, net_work, c)) {
            ${PREFIX}_close(c);
            return MNC_NET_THREADS;
        }
        c->parts++;
    }
    return MNC_NET_OK;
}
