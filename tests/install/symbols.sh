#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# symbols.sh SOURCE_DIR BUILD_DIR: libmnc and libmncrt, shared and static, show the functions that the
# public headers declare, all of them, and nothing else; the shared ones have a SONAME and leave
# nothing undefined.
. "$(dirname "$0")/lib.sh"

# Comments out, and then whatever stands between a line's start and "(": `type *mnc_name(`.
declared() {
    cat "$src"/include/mnc/*.h | tr '\n' ' ' | sed 's,/\*,\n//,g; s,\*/,\n,g' |
        grep -v '^//' | tr ';{}' '\n\n\n' | grep -v typedef |
        sed -n 's/^.*[ *]\(mnc_[a-z0-9_]*\)(.*$/\1/p' | sort -u
}
declared >want
[ "$(wc -l <want)" -ge 30 ] || fail "only $(wc -l <want) functions were found in the headers"

for kind in so a; do
    dynamic=
    [ $kind = a ] || dynamic=-D
    for name in mnc mncrt; do
        nm $dynamic -g --defined-only "$lib/lib$name.$kind" | awk 'NF == 3 { print $3 }' |
            sort -u >lib$name
    done
    [ -z "$(comm -12 libmnc libmncrt)" ] || fail "in both: $(comm -12 libmnc libmncrt)"
    sort libmnc libmncrt >got
    diff want got || fail "the symbols of the .$kind are not what the headers declare"
done
for name in mnc mncrt; do
    readelf -d "$lib/lib$name.so" >dynamic
    says dynamic "Library soname: [lib$name.so.0]"
    ! readelf -d "$lib/lib$name.so" | grep -E 'RPATH|RUNPATH' || fail "lib$name.so has a run path"
    cat >all.c <<EOF
int main(void) { return 0; }
EOF
    ${CC:-cc} all.c -Wl,--no-as-needed "$lib/lib$name.so" -Wl,-z,defs -o all
done
# What is loaded on demand shows one variable.
for name in jit mpi; do
    file=$(find "$lib" -name "libmnc$name.so.0")
    [ -n "$file" ] || continue
    [ "$(nm -D --defined-only "$file" | awk '{ print $3 }')" = mnc_$name ] || fail "libmnc$name shows more"
    ! readelf -d "$file" | grep -E 'RPATH|RUNPATH' || fail "libmnc$name has a run path"
done
