# SPDX-License-Identifier: Apache-2.0
# comments.awk: C text to "COMMENTED LINES": how many of its lines hold a comment, or a part of one.
# The licence line counts as a line, not as a comment.

{
    lines++
    has = inside
    for (i = 1; i <= length($0); i++) {
        two = substr($0, i, 2)
        c = substr($0, i, 1)
        if (inside) {
            if (two == "*/") {
                inside = 0
                i++
            }
        } else if (quote != "") {
            if (c == "\\")
                i++
            else if (c == quote)
                quote = ""
        } else if (two == "/*") {
            inside = has = 1
            i++
        } else if (two == "//") {
            has = 1
            break
        } else if (c == "\"" || c == "'") {
            quote = c
        }
    }
    quote = ""
    if (has && !/SPDX-License-Identifier/)
        commented++
}

END { print commented + 0, lines + 0 }
