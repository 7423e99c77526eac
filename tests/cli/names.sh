#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# names.sh MNC: inputs and outputs may be called as macros of the generated file or of math.h are.
. "$(dirname "$0")/lib.sh"
flags='-Wall -Wextra -Werror -O1'
# All macros that stand for themselves, in the files that the generated one is made of.
macros=$(sed -n 's/^ *# *define \([A-Za-z_0-9]*\)\( .*\)*$/\1/p' "$MNC_TEMPLATES"/*.t | sort -u)
[ "$(echo "$macros" | wc -w)" -ge 5 ] || fail "only these macros were found: $macros"
for name in $macros AT M_PI FP_NAN HUGE_VAL MATH_ERRNO NAN INFINITY NULL MNC_NET_OK v_load X; do
    printf '%s = input [4]\ny%s = exp %s\noutput y%s\n' "$name" "$name" "$name" "$name" >n.mnet
    sed "s/y$name/$name/g; s/^$name = input/x = input/; s/exp $name/exp x/" n.mnet >out.mnet
    for net in n out; do
        expect 0 "$mnc" compile $net.mnet -o $net.c
        expect 0 cc $flags -c $net.c
    done
done
grep -q '\*X;' n.h || { cp n.h out; fail 'an ordinary name is changed'; }
