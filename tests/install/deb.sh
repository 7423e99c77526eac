#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# deb.sh SOURCE_DIR BUILD_DIR: the Debian package, its dependencies, and that it works: unpacked here,
# and in a fresh system where MNC_CHROOT names one made by debootstrap, which stays as it is.
. "$(dirname "$0")/lib.sh"
for tool in cpack dpkg-deb dpkg-shlibdeps; do
    have $tool || { echo "skipped: there is no $tool"; exit 77; }
done
(cd "$build" && quiet cpack -G DEB -B "$dir/deb")
deb=$(ls deb/mnc_*.deb)
depends=$(dpkg-deb -f "$deb" Depends)
for package in libc6 libprotobuf-c1 libxxhash0 libturbojpeg0 libpng16-16 libjansson4 zlib1g; do
    case $depends in *"$package "*) ;; *) fail "$package is not in Depends: $depends" ;; esac
done
case $depends in *mpi*) fail "mnc asks for MPI: $depends" ;; esac
# Who wants MPI has it from a package of its own, beside that.
if [ -e "$build/libmncmpi.so" ]; then
    mpi=$(ls deb/mnc-mpi_*.deb)
    dpkg-deb -f "$mpi" Depends >mpi.depends
    says mpi.depends libopenmpi
    says mpi.depends 'mnc (='
    dpkg-deb -c "$mpi" >mpi.files
    says mpi.files libmncmpi.so.0
fi
dpkg-deb -f "$deb" Recommends | grep -q gcc || fail 'no compiler is recommended'

dpkg-deb -x "$deb" unpacked
[ -f unpacked/usr/share/zsh/vendor-completions/_mnc ] || fail 'zsh of Debian does not look there'
LD_LIBRARY_PATH= unpacked/usr/bin/mnc run "$src/models/efficientnet_lite0.onnx" \
    "$src/models/photos/coffee.png" >out
says out espresso
export LD_LIBRARY_PATH="$dir/unpacked/usr/lib"
cc "$src/examples/api/api.c" -Iunpacked/usr/include -Lunpacked/usr/lib -lmncrt -lmnc -o api
./api "$src/models/tiny.mnet" >out
says out 'dense (1,3)'

[ -n "${MNC_CHROOT:-}" ] || exit 0
mkdir upper work fresh
mount -t overlay overlay -o "lowerdir=$MNC_CHROOT,upperdir=$dir/upper,workdir=$dir/work" fresh ||
    fail 'cannot mount MNC_CHROOT'
trap 'umount "$dir/fresh"; rm -rf "$dir"' EXIT
cp "$deb" fresh/mnc.deb
cp -r "$src/models" "$src/examples" fresh/
cat >fresh/try.sh <<'EOF'
set -eu
apt-get install -y --no-install-recommends /mnc.deb >/dev/null
mnc run /models/efficientnet_lite0.onnx /models/photos/coffee.png
make -C /examples/api && /examples/api/api /models/tiny.mnet
apt-get remove -y mnc >/dev/null
[ -z "$(find /usr -name '*mnc*')" ]
EOF
quiet env -u TMPDIR -u XDG_CACHE_HOME -u LD_LIBRARY_PATH chroot fresh sh /try.sh
says log espresso
says log 'dense (1,3)'
