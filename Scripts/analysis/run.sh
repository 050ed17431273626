#!/usr/bin/env bash
# Tests Documentation/analysis.md: run.sh REEL BUILD [OPTION OF test.py...]. DuckDB goes into BUILD.
set -euo pipefail
reel=$(realpath "$1") build=$(realpath -m "$2")
shift 2
cd "$(dirname "$0")/../.."

venv=$build/analysis
if ! cmp -s Scripts/analysis/requirements.txt "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" --quiet --disable-pip-version-check --timeout 10 --retries 1 install -r Scripts/analysis/requirements.txt || {
        echo "analysis: DuckDB could not be had from PyPI." >&2
        echo "analysis: try again with PyPI in reach, or name a mirror of it in PIP_INDEX_URL." >&2
        exit 1
    }
    cp Scripts/analysis/requirements.txt "$venv"
fi
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" Scripts/analysis/test.py "$reel" "$@"
