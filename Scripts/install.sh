#!/usr/bin/env bash
# Installs the tool, its completions for bash, zsh and fish, and its manual.
#
#     install.sh REEL MANUAL ROOT PREFIX
#
# REEL is the tool, MANUAL a folder of manual pages, ROOT what comes before PREFIX while a package is made, or nothing.
set -euo pipefail
reel=$1 manual=$2 target=$3$4

install -d "$target/bin" "$target/share/man/man1" "$target/share/bash-completion/completions" \
    "$target/share/zsh/site-functions" "$target/share/fish/vendor_completions.d"
install -m 755 "$reel" "$target/bin/reel"
strip "$target/bin/reel"
"$reel" --generate-completion-script bash > "$target/share/bash-completion/completions/reel"
"$reel" --generate-completion-script zsh > "$target/share/zsh/site-functions/_reel"
"$reel" --generate-completion-script fish > "$target/share/fish/vendor_completions.d/reel.fish"
for page in "$manual"/*.1; do
    # As git and others name the pages of their commands: reel-info(1).
    name=$(basename "$page" .1)
    gzip -9nc "$page" > "$target/share/man/man1/${name//./-}.1.gz"
done
