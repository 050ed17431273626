#!/usr/bin/env bash
# Makes the documentation site: make.sh OUTPUT BUILD [OPTION OF site.py...]. Its Python libraries go into BUILD.
set -euo pipefail
output=$1 build=$(realpath -m "$2")
shift 2
cd "$(dirname "$0")/../.."

venv=$build/site
Scripts/python-libraries.sh Scripts/site/requirements.txt "$venv"
PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" Scripts/site/site.py "$output" --build "$build" "$@"
