/* SPDX-License-Identifier: Apache-2.0 */
/* tmpl_impl: what the parts of the template engine share.  In: text; out: a tree, then text.
 *
 * One expansion is a Job: tmpl_parse makes the tree of a file and of what it includes (a Unit
 * each), with every name already bound to its Var and every mistake that does not depend on a
 * value already said; tmpl_run walks the tree.  Trees are not kept: parsing takes microseconds.
 *
 * A template is hostile input.  The limits below bound the stack (nesting), the memory (text,
 * output) and the time (steps) of an expansion, whatever the text says.
 */
#ifndef MNC_BACKEND_TMPL_IMPL_H
#define MNC_BACKEND_TMPL_IMPL_H

#include "backend/tmpl.h"

enum {
    MAX_TEXT = 1 << 20,        /* bytes of a template with its includes, each as often as it is */
    MAX_OUTPUT = 1 << 24,      /* bytes of an expansion */
    MAX_STEPS = 1 << 23,       /* items and operators executed, about 0.1 s */
    MAX_ROUNDS = 4096,         /* of one loop */
    MAX_DEPTH = 64,            /* parentheses, operators above each other in an expression */
    MAX_NEST = 32,             /* blocks within blocks, in one file */
    MAX_INCLUDE = 16,          /* files within files */
    MAX_ERRORS = 20            /* mistakes said about one expansion */
};

typedef enum { VAR_INT, VAR_LIST, VAR_WORD } VarKind;

typedef struct Var {
    const char *name;
    VarKind kind;
    int64_t x;                 /* VAR_INT; a loop writes its round's number here */
    const int64_t *list;       /* VAR_LIST: n elements */
    uint32_t n;
    const char *text;          /* VAR_WORD */
} Var;

struct TmplVars {
    Arena *arena;
    Var **var;                 /* Vars stay where they are, trees point at them */
    uint32_t n, cap;
};

/* E_WORD stands only at the top of an expression: all operators want integers. */
typedef enum {
    E_NUM, E_VAR, E_WORD, E_INDEX, E_NEG, E_NOT, E_COND, E_OR, E_AND,
    E_EQ, E_NE, E_LT, E_LE, E_GT, E_GE, E_ADD, E_SUB, E_MUL, E_DIV, E_MOD, E_MIN, E_MAX
} ExprOp;

typedef struct Expr {
    ExprOp op;
    uint32_t height;           /* at most MAX_DEPTH, so that eval may recurse */
    uint32_t line, col, len;   /* of the operator or the name */
    int64_t x;                 /* E_NUM */
    const Var *var;            /* E_VAR, E_WORD, E_INDEX */
    struct Expr *kid[3];
} Expr;

typedef enum { I_TEXT, I_VALUE, I_IF, I_FOR, I_INCLUDE } ItemKind;

typedef struct Item {
    struct Item *next;
    ItemKind kind;
    const char *text;          /* I_TEXT: n bytes of the source */
    size_t n;
    Expr *e, *last;            /* value; condition, NULL for else; bounds of a loop */
    Var *var;                  /* I_FOR */
    struct Item *body;         /* I_IF, I_FOR */
    struct Item *other;        /* I_IF: the next arm, an I_IF that stands in no list */
    struct Unit *unit;         /* I_INCLUDE */
    Pos pos;                   /* I_INCLUDE: of the file's name */
} Item;

typedef struct Job {
    Arena *arena;
    Diag *diag;
    const char *dir;           /* looked at before the built-in templates; or NULL */
    size_t bytes;              /* parsed so far, against MAX_TEXT */
    uint32_t errors_before;    /* in diag, from whatever came before this expansion */
} Job;

/* A name in scope.  Scopes are stacks: parameters first, a loop pushes and pops its variable. */
typedef struct Name {
    struct Name *next;
    Var *var;
    Pos pos;
    bool used;
} Name;

/* One file being parsed, or parsed. */
typedef struct Unit {
    Job *job;
    struct Unit *parent;       /* who includes it */
    const char *file, *text;
    size_t n;
    uint32_t depth;            /* 0: the template itself */
    bool shown;                /* Diag has the text */
    Pos params;                /* the directive; line 0 while it has not come */
    Name *names;
    Item *body;
} Unit;

/* A place in a line: p moves from start to end, where the newline (or nothing) follows. */
typedef struct Cursor {
    Unit *unit;
    uint32_t line;
    const char *start, *p, *end;
} Cursor;

/* The position of n bytes of the cursor's line, for a message. */
Pos tmpl_pos(const Cursor *c, const char *s, size_t n);

/* The same for an expression of that unit. */
Pos tmpl_expr_pos(Unit *u, const Expr *e);

/* The name spelled by n bytes, or NULL. */
Name *tmpl_find(Name *names, const char *s, size_t n);

/* The identifier at s, its length; 0 when there is none.  Identifiers are C's. */
size_t tmpl_ident(const char *s, const char *end);

/* The text of a template, from the job's folder or built in.  False, with a message at pos. */
bool tmpl_source(Job *job, const char *file, Pos pos, const char **text, size_t *n);

/* The expression at the cursor, which then stands on the first thing behind it; NULL, with a
 * message, for a mistake.  tmpl_expr allows a lone word, tmpl_int_expr does not. */
Expr *tmpl_expr(Cursor *c);
Expr *tmpl_int_expr(Cursor *c);

/* Parses file, whose parameters get their values from the names in outer and mark them as used.
 * pos: who wants it.  NULL when there is no such file; mistakes in it are in the job's Diag. */
Unit *tmpl_parse(Job *job, const char *file, Unit *parent, Name *outer, Pos pos);

/* Expands a unit that was parsed without a mistake. */
bool tmpl_run(Unit *u, Buf *out);

#endif
