#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mnc report: one page with all that is known of a model, well-formed whatever the model's names are,
# that loads nothing and runs nothing; whole or not at all.  xmllint (libxml2-utils) reads it where
# there is one: the page is XML as well as HTML.
. "$(dirname "$0")/lib.sh"
tiny_net=$MNC_MODELS/tiny.mnet

xml() {
    if command -v xmllint >lint; then
        xmllint --noout --nonet "$@" >lint 2>&1 || { cat lint; fail "$* is no XML"; }
    else
        echo "no xmllint: $* is not checked as XML"
    fi
}

# Without times: the sections, their headings, the figures; the same bytes each time and everywhere.
expect 0 "$mnc" report --no-times "$tiny_net" -o page.html
xml page.html
for s in layers graph memory; do
    has page.html "<a href=\"#$s\">"
    has page.html "<section id=\"$s\" aria-labelledby=\"$s-title\">"
done
! grep -q 'id="times"' page.html || fail 'times although --no-times'
has page.html '<tr><th scope="row">inverted.depth.conv</th><td class="text">depthwise</td>'
has page.html '<dt>Mult-adds</dt><dd>9.88 k</dd>'
[ "$(grep -c 'role="img" aria-label="' page.html)" = 2 ] || fail 'two pictures, each with its text'
[ "$(grep -c '<h1>' page.html)" = 1 ] || fail 'one heading'
expect 0 "$mnc" report --no-times "$tiny_net"
cmp -s out page.html || fail 'another page on standard output'

# With times: a section more, and a layer's line in its table.
expect 0 "$mnc" report --rounds=2 --target=portable "$tiny_net" -o times.html
xml times.html
has times.html '<section id="times"'
has times.html '<tr><th scope="row">inverted.depth</th><td class="text">conv + clip</td>'
has times.html '<dt>Time</dt>'
[ "$(grep -c 'role="img" aria-label="' times.html)" = 3 ] || fail 'three pictures'

# No address but the names of two languages, no script, no handler; names stay text.
cat >odd.mnet <<'EOF2'
name "</script><b>&'"
"<img src=x onerror=alert(1)>" = input f32[1,3,8,8]
w = param f32[4,3,1,1] he_normal
"--></style></svg>]]>" = conv "<img src=x onerror=alert(1)>" w
"\xff\x01" = relu "--></style></svg>]]>"
output "\xff\x01"
EOF2
expect 0 "$mnc" report --rounds=2 --target=portable odd.mnet -o odd.html
xml odd.html
has odd.html '<h1>&lt;/script&gt;&lt;b&gt;&amp;&#39;</h1>'
has odd.html '<th scope="row">--&gt;&lt;/style&gt;&lt;/svg&gt;]]&gt;</th>'
for page in times.html odd.html; do
    ! grep -iE '<(script|b|img|link|iframe|object)[ />]|<[^>]* on[a-z]+=|url\(|@import' $page ||
        fail 'something that loads or runs'
    tr ' "' '\n\n' <$page | grep '//' | sort -u >addresses
    printf 'http://www.w3.org/1999/xhtml\nhttp://www.w3.org/2000/svg\n' | is addresses
    has $page "content=\"default-src 'none'; style-src 'unsafe-inline'\""
done
[ "$(grep -c '</style>' odd.html)" = 4 ] || fail 'the styles of the page and of three pictures'

# Parameters of specs, batches, threads.
expect 0 "$mnc" report --no-times -D batch=4 "$tiny_net"
has out 'image f32 (4,3,8,8)'
expect 0 "$mnc" report --rounds=2 --threads=2 "$tiny_net"
has out ', 2 threads; '

# Wrong usage, wrong input; no file is left, and one that was there stays.
expect 2 "$mnc" report
expect 2 "$mnc" report "$tiny_net" "$tiny_net"
expect 2 "$mnc" report --rounds=0 "$tiny_net"
expect 2 "$mnc" report --threads=65 "$tiny_net"
echo before >kept.html
expect 1 "$mnc" report none.mnet -o kept.html
has err 'none.mnet: error: cannot read'
printf 'name n\nx = input f32[1,2]\ny = relux x\noutput y\n' >wrong.mnet
expect 1 "$mnc" report wrong.mnet -o kept.html
has err "wrong.mnet:3:5: error:"
echo before | is kept.html
expect 1 sh -c "'$mnc' report --no-times '$tiny_net' >/dev/full"
mkdir closed
chmod a-w closed
if [ "$(id -u)" != 0 ]; then
    expect 1 "$mnc" report "$tiny_net" -o closed/page.html
    has err 'closed/page.html'
fi
expect 1 "$mnc" report "$tiny_net" -o none/page.html
[ "$(ls -A . | grep -c 'html')" = 4 ] || fail "more pages than were made: $(ls -A)"
