//@ params PREFIX BATCH CLASSES IMAGE KEPT STATE THREADS KEEP RANKS
#define ${PREFIX}_BATCH ${BATCH}
#define ${PREFIX}_CLASSES ${CLASSES}
#define ${PREFIX}_IMAGE_COUNT ${IMAGE}    /* floats of one image */
#define ${PREFIX}_KEPT_BYTES ${KEPT}    /* of the state, what is kept between steps */
#define ${PREFIX}_STATE_BYTES ${STATE}

/* state: ${PREFIX}_STATE_BYTES, 64-byte aligned, the caller's.  Its first ${PREFIX}_KEPT_BYTES,
 * saved and copied back, go on bit for bit.  x: ${PREFIX}_BATCH images; labels: as many numbers in
 * [0, ${PREFIX}_CLASSES).  loss: the mean over the batch.
 * All return MNC_NET_OK, MNC_NET_NULL, MNC_NET_MISALIGNED, MNC_NET_CPU, MNC_NET_STATE or
 * MNC_NET_LABEL, and after an error the state is as it was. */

/* The file's initial weights, if it was made with them, else zeros; with a seed other than 0,
 * weights of two or more dimensions are drawn anew (He et al. 2015). */
int ${PREFIX}_init(void *state, uint64_t seed);
/* Forward, backward, update, by what stands in the state's head (mnc_head). */
int ${PREFIX}_train_step(void *state, const float *x, const int32_t *labels, float *loss);
/* Forward alone, with running statistics; labels and loss may be NULL.  The scores are in the
 * slot of that kind. */
int ${PREFIX}_eval(void *state, const float *x, const int32_t *labels, float *loss);
//@ if KEEP
/* The two halves of a step. */
int ${PREFIX}_gradients(void *state, const float *x, const int32_t *labels, float *loss);
int ${PREFIX}_update(void *state);
//@ end
//@ if RANKS > 1
/* ${PREFIX}_BATCH images are one of ${RANKS} ranks' part of a batch.  After init, before the first
 * step: the others, as long as the state is used. */
int ${PREFIX}_join(void *state, const mnc_ranks *others);
//@ end

//@ if THREADS
/* Several threads: context is ${PREFIX}_CONTEXT_BYTES of the caller's memory, 64-byte aligned. 
 * open starts threads - 1 more (1 to 64 in all), close ends them.  The functions of mnc_trainer
 * take a context; the result has the same bits for any number of threads. */
#define ${PREFIX}_CONTEXT_BYTES 2048
int ${PREFIX}_open(void *context, int threads);
void ${PREFIX}_close(void *context);

//@ end
/* Names, shapes and sizes; .trainer has the slots. */
const mnc_net *${PREFIX}_describe(void);
