#!/usr/bin/env bash
# Installs the libraries of a requirements.txt: python-libraries.sh REQUIREMENTS FOLDER. FOLDER becomes a virtual environment
# of Python's, and stays as it is until REQUIREMENTS changes.
set -euo pipefail
requirements=$1 folder=$2
if cmp -s "$requirements" "$folder/requirements.txt"; then exit 0; fi
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/pip" --quiet --disable-pip-version-check --timeout 10 --retries 1 install -r "$requirements" || {
    echo "setup: the libraries of $requirements could not be had from PyPI." >&2
    echo "setup: try again with PyPI in reach, or name a mirror of it in PIP_INDEX_URL." >&2
    exit 1
}
# Last, so that what was cut off is made again.
cp "$requirements" "$folder"
