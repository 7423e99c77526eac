/* SPDX-License-Identifier: Apache-2.0 */
/* mnet_ast: what the lexer and the parser of the spec language make.
 *
 * A file is a list of statements, a statement holds expressions; all of it is lists in the arena,
 * and each part knows where it stands in the text.  Nothing is evaluated here: an attribute's value
 * is an expression until the statement runs, and a block runs as often as it is called.
 */
#ifndef MNC_FRONTEND_MNET_AST_H
#define MNC_FRONTEND_MNET_AST_H

#include "base/diag.h"
#include "base/file.h"
#include "base/intern.h"
#include "ir/graph.h"

/* Characters stand for themselves; '\n' ends a statement. */
typedef enum TokKind {
    T_END = 0, T_NAME = 256, T_STRING, T_NUMBER, T_EQ, T_NE, T_LE, T_GE, T_BAD
} TokKind;

typedef struct At { uint32_t line, col, len; } At;

typedef struct Token {
    int kind;
    At at;
    bool glued;            /* no space before it: f(x) is a call, f (x) is not */
    Sym sym;               /* NAME; STRING, decoded */
    const char *text;      /* NUMBER */
} Token;

typedef struct Lexer {
    const char *p, *end, *line_start;
    uint32_t line;
    uint32_t depth;        /* open ( and [: inside, a line's end is a space */
    const char *file;
    Intern *names;
    Diag *d;
} Lexer;

void lex_init(Lexer *x, Bytes text, const char *file, Intern *names, Diag *d);
Token lex_next(Lexer *x);

/* Parameters of a function; of a block. */
enum { MNET_MAX_ARGS = 8, MNET_MAX_PARAMS = 32 };

typedef enum ExprKind {
    E_NUMBER, E_NAME, E_STRING, E_LIST, E_CALL, E_UNARY, E_BINARY, E_OMITTED
} ExprKind;

typedef struct Expr {
    ExprKind kind;
    int op;                /* UNARY: '-', '!'; BINARY: the token's kind, '&' for and, '|' for or */
    At at;
    Sym name;              /* NAME, STRING, CALL */
    bool is_int;           /* NUMBER: it is i, else f */
    int64_t i;
    double f;
    const char *text;      /* NUMBER: its digits, for types that neither i nor f holds exactly */
    bool negative;         /* NUMBER: a minus stands before them */
    uint32_t height;       /* of the tree below */
    struct Expr *kid;      /* operands, arguments, elements: the first; the others by next */
    struct Expr *next;
} Expr;

/* An operand, a trailing word (key NULL) or an attribute of a layer; a parameter of a block. */
typedef struct Arg {
    Sym key;
    At at;
    Expr *value;           /* a block's parameter: its default, or NULL */
    struct Arg *next;
} Arg;

typedef enum StmtKind {
    S_NAME,        /* name NAME                              : expr */
    S_OUTPUT,      /* output x y                             : arg */
    S_DATA,        /* x = input f32[..], w = param .. [..]   : value_kind, type, expr dims, data */
    S_LAYER,       /* x, y = op a b k=v word                 : name, op, arg */
    S_LET,         /* x = expr                               : name, expr */
    S_FUNCTION,    /* f(a, b) = expr                         : op, arg, expr */
    S_BLOCK,       /* block b(x, n) { .. }                   : op, arg, body */
    S_REPEAT,      /* repeat n { .. }                        : expr, body */
    S_FOR,         /* for a b in [..] { .. }                 : name, expr, body */
    S_IF,          /* if c { .. } else { .. }                : expr, body, other */
    S_FREEZE       /* freeze */
} StmtKind;

typedef struct Name {
    Sym sym;
    At at;
    struct Name *next;
} Name;

typedef struct Stmt {
    StmtKind kind;
    At at;                 /* the keyword, for messages */
    Name *name;            /* what it sets */
    Sym op;                /* the keyword, the function, the block */
    Arg *arg;
    Expr *expr;
    ValueKind value_kind;
    DType type;
    Expr *data;            /* a list, a number, an initialiser */
    Sym file;              /* @file+offset; NULL: no file */
    int64_t offset;
    struct Stmt *body, *other, *next;
    bool in_loop;          /* of the same block: may set its names again */
    bool numbered;         /* its results' names get running numbers */
    struct Stmt *unnamed;  /* LAYER: the one before in this block that has no name either */
    bool bare;             /* LAYER: nothing but a keyword; perhaps a variable */
    bool failed;           /* has said an error: not run again */
} Stmt;

typedef struct Parser {
    Lexer lex;
    Token tok, next;       /* the current one and the one after it */
    Arena *arena;
    Diag *d;
    bool bad;              /* an error was said in this statement; nothing more is */
    bool omitted;          /* numbers were left out, which was said */
    uint32_t depth;        /* of nested expressions and bodies */
    uint32_t loops;        /* enclosing repeat and for, within the block */
    Stmt *unnamed;         /* the block's layers without a name, last one first */
} Parser;

/* The whole file as a list of statements; what is wrong is in d. */
Stmt *mnet_parse(Arena *a, Bytes text, const char *file, Intern *names, Diag *d);

/* ---- between the mnet_parse*.c ---- */

void parse_advance(Parser *p);
void parse_error(Parser *p, At at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool parse_expect(Parser *p, int kind, const char *what);     /* takes it, or says an error */
bool parse_accept(Parser *p, int kind);                       /* takes it if it is there */
void parse_close(Parser *p, int kind, At open);               /* as expect; open is its partner */
bool parse_enter(Parser *p);                                  /* false: nested too deep; said */
const char *parse_found(Parser *p);                           /* the current token, in words */
bool parse_is_word(const Token *t, const char *word);
Stmt *parse_new_stmt(Parser *p, StmtKind kind);

/* items: an expression in a list of them, where "a -1" is two and "a - 1" is one. */
Expr *parse_expr(Parser *p, bool items);
Expr *parse_list(Parser *p);                                  /* at '[' */

Name *parse_name(Parser *p);                                  /* one that the statement sets */
Arg *parse_arguments(Parser *p);                              /* up to the statement's end */
bool parse_at_end(const Parser *p);                           /* of the statement */
int parse_data_kind(const Token *t);                          /* "input" ...: a ValueKind, or -1 */
void parse_layer(Parser *p, Stmt *s);
Stmt *parse_assignment(Parser *p);
Stmt *parse_output(Parser *p);
Stmt *parse_model_name(Parser *p);

#endif
