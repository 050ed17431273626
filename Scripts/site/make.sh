#!/usr/bin/env bash
# Makes the documentation site: make.sh OUTPUT BUILD [OPTION OF site.py...]. Its Python libraries go into BUILD.
set -euo pipefail
output=$1 build=$(realpath -m "$2")
shift 2
cd "$(dirname "$0")/../.."

venv=$build/site
if ! cmp -s Scripts/site/requirements.txt "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" --quiet --disable-pip-version-check --timeout 10 --retries 1 install -r Scripts/site/requirements.txt || {
        echo "site: the libraries of Scripts/site/requirements.txt could not be had from PyPI." >&2
        echo "site: try again with PyPI in reach, or name a mirror of it in PIP_INDEX_URL." >&2
        exit 1
    }
    # Last, so that what was cut off is made again.
    cp Scripts/site/requirements.txt "$venv"
fi
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" Scripts/site/site.py "$output" --build "$build" "$@"
