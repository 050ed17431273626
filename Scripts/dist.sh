#!/usr/bin/env bash
# Makes what people download: a tarball, and a package for Debian and Ubuntu.
#
#     dist.sh REEL MANUAL FOLDER
set -euo pipefail
reel=$(realpath "$1") manual=$(realpath "$2") folder=$3
cd "$(dirname "$0")/.."
mkdir -p "$folder"
folder=$(realpath "$folder")

version=$("$reel" --version | cut -d ' ' -f 2)
machine=$(uname -m)
architecture=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

name=reel-$version-linux-$machine
Scripts/install.sh "$reel" "$manual" "$stage/" "$name"
cp LICENSE README.md CHANGELOG.md "$stage/$name"
tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner -cJf "$folder/$name.tar.xz" "$name"

package=$stage/package
Scripts/install.sh "$reel" "$manual" "$package" /usr
install -Dm 644 LICENSE "$package/usr/share/doc/reel/copyright"
install -d "$package/DEBIAN" "$stage/debian"
# What the tool is linked to, by the packages that hold it here.
printf 'Source: reel\n\nPackage: reel\nArchitecture: any\n' > "$stage/debian/control"
depends=$(cd "$stage" && dpkg-shlibdeps -O "$package/usr/bin/reel" 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
cat > "$package/DEBIAN/control" << EOF
Package: reel
Version: $version
Architecture: $architecture
Maintainer: The Reel maintainers <maintainers@reel.invalid>
Installed-Size: $(du -sk "$package/usr" | cut -f 1)
Depends: $depends
Suggests: libpq5
Section: devel
Priority: optional
Description: recordings of server-rendered interfaces
 Converts, checks, reads, mends, keeps and replays recordings of what users did in server-rendered interfaces, those of
 PhoenixReplay included.
EOF
dpkg-deb --root-owner-group -Zxz --build "$package" "$folder/reel_${version}_$architecture.deb" > /dev/null

cd "$folder"
sha256sum "$name.tar.xz" "reel_${version}_$architecture.deb" > SHA256SUMS
ls -l "$folder"
