#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man.sh SOURCE_DIR BUILD_DIR: there is a page for each verb, and it has the options of `mnc VERB
# --help`, each with its help, and no others; doc/verbs.txt speaks of verbs that there are.
. "$(dirname "$0")/lib.sh"
man=$prefix/share/man/man1
mnc=$bin/mnc

# A page as plain words on one line; roff's own words and marks go.
plain() {
    sed -e '/^\.\(TP\|PP\|EX\|EE\|RS\|RE\)/d' -e 's/^\.[A-Z]* //; s/\\-/-/g; s/\\&//g; s/\\f[IP]//g' \
        -e 's/\\e/\\/g' "$1" | tr -s ' \n' '  '
}
"$mnc" --help >help
verbs=$(sed -n 's/^  \([a-z]*\)  .*/\1/p' help)
[ "$(echo "$verbs" | wc -l)" -ge 9 ] || fail "only these verbs were found: $verbs"
for v in $verbs; do
    [ -f "$man/mnc-$v.1" ] || fail "mnc-$v(1) is missing"
    plain "$man/mnc-$v.1" >page
    "$mnc" "$v" --help >help
    sed -n 's/^  \(-.,\|   \) --\([a-z-]*\).*/\2/p' help | sort >want
    sed -n '/^\.SH OPTIONS/,$s/^\.B .*\\-\\-\([a-z\\-]*\).*/\1/p' "$man/mnc-$v.1" | tr -d '\\' |
        sort >got
    diff want got || fail "mnc-$v(1) has other options than the help"
    sed -n 's/^  \(-.,\|   \) --[^ ]*  *//p' help >texts
    [ "$(wc -l <texts)" = "$(wc -l <want)" ] || fail "not every option of $v has a help"
    while IFS= read -r text; do
        says page "$text"
    done <texts
    says page "$(sed -n 3p help)"
    plain "$man/mnc.1" >page
    says page "mnc-$v (1)"
done
for page in "$man"/mnc-*.1; do
    v=${page##*/mnc-}
    echo "$verbs" | grep -qx "${v%.1}" || fail "there is no verb ${v%.1}"
done
for v in $(sed -n 's/^\[\(.*\)\]$/\1/p' "$src/doc/verbs.txt" | grep -vx -e mnc -e environment); do
    echo "$verbs" | grep -qx "$v" || fail "doc/verbs.txt speaks of $v"
done

# A page without a date is the same bytes each time; mandoc would like one.
! have mandoc || ! mandoc -Tlint -Wwarning "$man"/*.1 | grep -v 'missing date' || fail 'mandoc'
if have scdoc; then
    says "$prefix/share/man/man5/mnet.5" 'mnet'
fi
