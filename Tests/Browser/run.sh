#!/usr/bin/env bash
# Drives the dashboard in a real Chromium: run.sh REEL SHOP BUILD [ARGUMENT OF unittest...]. Below BUILD it keeps
# axe-core, the one thing here that is no Debian package. With AXE_OPTIONAL=1 it goes on without, and says so.
set -euo pipefail

# Debian's, whatever else is in PATH: its Selenium is installed for it.
python=/usr/bin/python3
if [ ! -x "$python" ] || ! "$python" -c "import selenium" 2> /dev/null; then
    python=python3
fi
if ! "$python" -c "import selenium"; then
    echo "browser: Python has no selenium. On Debian: Scripts/setup.sh browser; elsewhere: pip install selenium" >&2
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
missing() {
    echo "browser: axe-core is missing, $1."
    echo "browser: $package could not be had from PyPI. Try again with PyPI in reach, name a mirror of it in PIP_INDEX_URL,"
    echo "browser: or put axe-core's axe.min.js (https://github.com/dequelabs/axe-core) at $folder/axe.min.js."
} >&2
if [ ! -e "$axe" ] && ! fetch_axe; then
    rm -rf "$folder"
    if [ -z "${AXE_OPTIONAL:-}" ]; then
        missing "and nothing has been tested"
        exit 1
    fi
    axe=
fi

cd "$(dirname "$0")"
export REEL=$reel SHOP=$shop AXE=$axe PYTHONDONTWRITEBYTECODE=1
status=0
if [ $# -gt 0 ]; then
    "$python" -m unittest "$@" || status=$?
else
    # Three files of tests at the same time, those that take longest first: browsers wait a lot.
    printf '%s\n' test_attacks test_pages test_shop test_player test_events test_pointer test_timeline test_visit test_list test_large |
        xargs -P 3 -n 1 "$python" -m unittest || status=1
fi
if [ -z "$axe" ]; then missing "and ACCESSIBILITY HAS NOT BEEN TESTED, but everything else has"; fi
exit "$status"
