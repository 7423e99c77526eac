/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_write: a graph as a spec that people read and edit, not as a list of nodes.
 *
 * The graph becomes lines (mnet_write_lines.c): a node with what the short forms and trailing words
 * take in.  Stretches of lines that come again become blocks (mnet_write_blocks.c); what differs
 * between them becomes the blocks' parameters (mnet_write_params.c); calls in a row become loops
 * (mnet_write_runs.c); then all is named and printed (mnet_write_text.c).
 *
 * Two lines are alike when they have the same signature: keyword, keys and words, not their values.
 */
#ifndef MNC_FRONTEND_MNET_WRITE_H
#define MNC_FRONTEND_MNET_WRITE_H

#include "frontend/mnet.h"

typedef enum SlotKind { SLOT_INT, SLOT_FLOAT, SLOT_WORD } SlotKind;

/* A value that may differ between lines that are alike. */
typedef struct Slot {
    SlotKind kind;
    int64_t i;
    double f;
    const char *s;
} Slot;

/* name=value, name=[values]; no name: an activation behind the operands, or a call's argument. */
typedef struct Key {
    const char *name;
    uint32_t slot, n;          /* its values in Line.slot */
    bool list;                 /* in brackets, unless one value says it */
    bool once;                 /* one value stands for n equal ones */
    bool has_usual;            /* with this value, everywhere, it need not be said */
    Slot usual;
} Key;

typedef struct Line Line;
typedef struct Block Block;

/* Result number out of a line; line NULL: an operand left out. */
typedef struct Ref {
    Line *line;
    uint32_t out;
} Ref;

enum { WRITE_MOST_KEYS = 12, WRITE_MOST_SLOTS = 32 };

struct Line {
    const char *word;          /* the keyword; for data "param f32" and the like */
    const char *tail;          /* " nobias bn": the words but for the activation */
    const Block *block;        /* that it calls */
    bool data;                 /* an input or a constant: no layer */
    bool input;
    uint32_t least;            /* with so many operands the first may be the line above */
    Ref *in;
    uint32_t n_in;
    Key key[WRITE_MOST_KEYS];
    Slot *slot;
    uint32_t n_key, n_slot;
    const ValueId *out;
    uint32_t n_out;
    uint64_t sig;
    const char *wish;          /* what the graph's names call it; NULL: nothing of use */
    const char *output;        /* the name it must have, of an output or input of the graph */
    bool frozen, makes;        /* makes parameters; which do not learn */
    bool commutes;             /* its two operands */
    Line *into;                /* the call that has taken its place */
    uint32_t pos, last_use;    /* in Writer.line; of the last line that reads it */
    const char *name;          /* that it is printed with; NULL: none */
    uint32_t run;              /* so many lines from here on are a loop; 0: it is a line */
    bool named;                /* another line says its name */
};

/* Lines [first, last] of a block's body that not every call has. */
typedef struct Option {
    uint32_t first, last;
    bool alias;                /* else the one line is another name for its first operand */
    const char *cond;          /* in the block's terms */
} Option;

enum { WRITE_MOST_PARAMS = 16, WRITE_MOST_OPTIONS = 6 };

struct Block {
    const char *name;
    Line **body;               /* of the call that has them all */
    uint32_t n;
    const char *param[WRITE_MOST_PARAMS];
    uint32_t n_param;
    const char **text;         /* slots of the body, line after line, in the block's terms */
    Option option[WRITE_MOST_OPTIONS];
    uint32_t n_option;
    uint32_t n_flag;           /* conditions that need parameters of their own */
    Ref entry;                 /* what the body reads: x */
    uint32_t depth;            /* see write_wish_depth */
    Block *next;
};

/* Where a block was found. */
typedef struct Match {
    uint32_t at, n;            /* Writer.line[at .. at + n) */
    Ref entry;
    Line **of;                 /* by line of the body: its counterpart, or NULL */
} Match;

typedef struct Writer {
    const Graph *g;
    Arena *a;
    Line **line;
    uint32_t n, cap;
    Line **by_value;           /* who computes or declares it */
    uint32_t *uses;
    bool same;                 /* windows are padded as pad=same does */
    const char *eps;           /* of all batch norms, where it is not the usual one */
    Block *blocks, **last_block;
    Intern names;              /* of the file, and in a block's turn of the block */
    Intern counts;             /* running numbers of the names in loops */
} Writer;

/* ---- mnet_write_forms.c ---- */

bool write_own_weight(const Graph *g, const Node *n);
bool write_own_vectors(const Graph *g, const Node *n);
const char *write_short_form(const Graph *g, const Node *n);
const char *write_act_word(const Graph *g, const Node *n);

/* ---- mnet_write_lines.c ---- */

/* False: there is something that the spec language cannot say. */
bool write_lines(Writer *w);
Slot write_int(int64_t i);
bool write_same_slot(const Slot *a, const Slot *b);
void write_key(Line *l, Key key, const Slot *slot);
void write_sign(Line *l);                              /* sets sig */
void write_separable(Writer *w);                       /* in all of the lines */

/* ---- mnet_write_names.c ---- */

/* What the graph's names call the layer, or NULL. */
const char *write_wish(const Writer *w, const Node *n);
/* How many parts of the dotted wishes in the body are the call's. */
uint32_t write_wish_depth(const Block *b);
const char *write_wish_call(Arena *a, const Block *b, const Match *m);
const char *write_wish_inside(const Block *b, const Line *l);
const char *write_wish_both(Arena *a, const char *p, const char *q);

/* ---- mnet_write_match.c, mnet_write_blocks.c, mnet_write_params.c ---- */

enum { WRITE_LONGEST = 40 };           /* lines of a block */

/* A stretch that might be a block, and where it is found. */
typedef struct Body {
    const Writer *w;
    uint32_t first, n;
    Match *match;
    uint32_t n_match;
    bool lacks[WRITE_LONGEST];               /* by some match */
} Body;

bool write_same_ref(Ref a, Ref b);
void write_matches(Body *b, Arena *a);

/* none: the lines stay as they are. */
void write_blocks(Writer *w, bool none);
/* Names the block's parameters, sets its texts and conditions, and gives each call its arguments:
 * arg[c * WRITE_MOST_PARAMS + p].  False when they are too many. */
bool write_params(Writer *w, Block *b, const Match *match, uint32_t n_match, Slot *arg);
const Shape *write_shape(const Writer *w, Ref r);

/* ---- mnet_write_text.c ---- */

const char *write_slot(Arena *a, const Slot *s);
/* " stride=s", given the text of each of the line's slots. */
void write_keys(Writer *w, const Line *l, const char *const *text, Buf *out);
/* Does operand 0 of l go without saying, after the layer above? */
bool write_implied(const Line *l, const Line *above);
/* A name that nothing in w->names has: base, or that and a number. */
const char *write_take_name(Writer *w, const char *base);
const char *write_any_name(const Line *l);
/* Marks the lines that l reads by their names; in block b, NULL at the top. */
void write_note(Line *l, const Block *b, const Line *above);
void write_line(Writer *w, const Line *l, const Block *b, const Line *above,
                const char *const *text, Buf *out);
void write_name_block(Writer *w, Block *b);
void write_block(Writer *w, Block *b, Buf *out);
/* BASE of BASE12, and its number; NULL when s ends with none. */
const char *write_base(Arena *a, const char *s, uint32_t *number);

/* ---- mnet_write_runs.c ---- */

/* Decides whether the lines from first on are a loop, and names it. */
void write_find_run(Writer *w, uint32_t first);
void write_run(Writer *w, uint32_t first, Buf *out);

#endif
