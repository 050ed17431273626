#!/usr/bin/env bash
# Tests Documentation/analysis.md: run.sh REEL BUILD [OPTION OF test.py...]. DuckDB goes into BUILD.
set -euo pipefail
reel=$(realpath "$1") build=$(realpath -m "$2")
shift 2
cd "$(dirname "$0")/../.."

venv=$build/analysis
Scripts/python-libraries.sh Scripts/analysis/requirements.txt "$venv"
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" Scripts/analysis/test.py "$reel" "$@"
