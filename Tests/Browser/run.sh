#!/usr/bin/env bash
# Drives the dashboard in a real Chromium: run.sh REEL SHOP BUILD [ARGUMENT OF unittest...]. Below BUILD it keeps
# axe-core, the one thing here that is no Debian package.
set -euo pipefail

# Debian's, whatever else is in PATH: its Selenium is installed for it.
python=/usr/bin/python3
if [ ! -x "$python" ] || ! "$python" -c "import selenium" 2> /dev/null; then
    python=python3
fi
if ! "$python" -c "import selenium"; then
    echo "browser: Python has no selenium. On Debian: make setup; elsewhere: pip install selenium" >&2
    exit 1
fi

reel=$(realpath "$1") shop=$(realpath "$2") folder=$(realpath -m "$3")/browser
shift 3

# A wheel that has axe-core in it; what else it holds and depends on is not wanted.
package=axe-playwright-python==0.1.8
axe=$folder/axe.min.js
fetch_axe() {
    rm -rf "$folder"
    "$python" -m venv "$folder/venv" &&
        "$folder/venv/bin/pip" --quiet --disable-pip-version-check --timeout 10 --retries 1 \
            download --no-deps --dest "$folder" "$package" &&
        "$python" -m zipfile -e "$folder"/*.whl "$folder" &&
        mv "$folder"/*/axe.min.js "$axe" &&
        rm -rf "$folder/venv"
}
if [ ! -e "$axe" ] && ! fetch_axe; then
    echo "browser: $package could not be had from PyPI: accessibility is not checked, everything else is" >&2
fi

cd "$(dirname "$0")"
export REEL=$reel SHOP=$shop PYTHONDONTWRITEBYTECODE=1
if [ -e "$axe" ]; then AXE=$axe; else AXE=; fi
export AXE
if [ $# -gt 0 ]; then exec "$python" -m unittest "$@"; fi
# Two files of tests at the same time, those that take longest first: browsers wait a lot.
printf '%s\n' test_shop test_attacks test_player test_large | xargs -P 2 -n 1 "$python" -m unittest
