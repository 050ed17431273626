#!/usr/bin/env bash
# Installs the Debian package into a bare Debian of its own, with nothing but the packages that it names, and uses it there.
# Wants root and debootstrap.
#
#     test-package.sh PACKAGE.deb
set -euo pipefail
package=$(realpath "$1")
cd "$(dirname "$0")/.."
root=$(mktemp -d)
trap 'umount "$root/proc" 2> /dev/null || true; rm -rf --one-file-system "$root"' EXIT

Scripts/bare-debian.sh "$root"
# Swift's programs read their arguments there.
mount -t proc proc "$root/proc"
cp "$package" "$root/reel.deb"
cp Samples/phoenix-replay-0.6/chat.recording "$root"
chroot "$root" sh -ec '
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 ./reel.deb > /dev/null 2>&1
    reel --version
    reel import chat.recording -o chat.reel
    reel validate chat.reel
    reel info chat.reel | head -n 3
    reel store put chat.reel sqlite:store.db
    reel store ls sqlite:store.db | grep -q ChatLive
    test -s /usr/share/man/man1/reel-info.1.gz
    test -s /usr/share/bash-completion/completions/reel
    apt-get remove -y -qq -o Dpkg::Use-Pty=0 reel > /dev/null 2>&1
    test ! -e /usr/bin/reel
'
. /etc/os-release
echo "the package works in a bare $PRETTY_NAME"
