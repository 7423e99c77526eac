//# P: s or d, for float or double; F: the suffix of math functions.
//@ params P F
/* One number in the words of the vectors, for kernels that are written once for both. */
#define ${P}_load(p) (*(p))
#define ${P}_store(p, x) (*(p) = (x))
#define ${P}_set1(x) (x)
#define ${P}_add(a, b) ((a) + (b))
#define ${P}_sub(a, b) ((a) - (b))
#define ${P}_mul(a, b) ((a) * (b))
#define ${P}_div(a, b) ((a) / (b))
#define ${P}_sqrt(a) sqrt${F}(a)
#define ${P}_exp(a) exp${F}(a)
#define ${P}_neg(a) (-(a))
#define ${P}_if_less(a, b, x, y) ((a) < (b) ? (x) : (y))
