#!/usr/bin/env bash
# Makes a bare Debian in a folder, the release that runs here, from the mirror that this machine takes its packages from.
# Wants root and debootstrap.
#
#     bare-debian.sh FOLDER
set -euo pipefail
root=$1

. /etc/os-release
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
debootstrap --variant=minbase "$VERSION_CODENAME" "$root" "$mirror" > "$log" 2>&1 || {
    tail -n 5 "$log" >&2
    exit 1
}
