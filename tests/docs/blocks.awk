# SPDX-License-Identifier: Apache-2.0
# blocks.awk: the fenced blocks of a document as a shell script for run.sh, which has the functions:
#   run LINE, says LINE, file NAME, python LINE, patch_with LINE: each reads the block from its input
function begin(what) {
    print what " <<'END-OF-BLOCK'"
    inside = 1
}

/^```/ && !inside && !skipped {
    kind = substr($1, 4)
    if (kind == "sh")
        begin("run " NR)
    else if (kind == "text" && NF == 1)
        begin("says " NR)
    else if (NF == 2)
        begin("file " $2)
    else if (kind == "python")
        begin("python " NR)
    else if (kind == "diff")
        begin("patch_with " NR)
    else
        skipped = 1
    next
}

/^```$/ {
    if (inside)
        print "END-OF-BLOCK"
    inside = skipped = 0
    next
}

inside
