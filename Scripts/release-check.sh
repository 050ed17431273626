#!/usr/bin/env bash
# Says what a release still lacks, a line for each point of the list. The exit status is 1 when there is anything.
#
#     release-check.sh VERSION REEL
#
# REEL is the tool, built of what is checked out here.
set -uo pipefail
if [ $# -ne 2 ] || [[ ! $1 =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
    echo "release-check: usage: release-check.sh MAJOR.MINOR.PATCH REEL" >&2
    exit 64
fi
version=$1 reel=$(realpath "$2")
cd "$(dirname "$0")/.."

missing=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# point WHAT COMMAND...: a point of the list, which is kept when the command succeeds. What it prints says why not.
point() {
    local what=$1
    shift
    if "$@" > "$log" 2>&1; then
        echo "ok       $what"
    else
        missing=$((missing + 1))
        echo "MISSING  $what"
        tail -n 12 "$log" | sed 's/^/           /'
    fi
}

# Every file that names a version of ours: the pattern of its line, with the version as the first group.
versions() {
    git ls-files -- '*mix.exs' '*.app.src' '*pyproject.toml' '*package.json' '*/__init__.py' Sources/reel-tool/ReelTool.swift \
        README.md | python3 -c '
import re, sys
pattern = re.compile(
    r"""^\s*(?:"?version"?|__version__|\{vsn)\s*(?:[:=,]|:=)\s*"([0-9.]+)|^\s*version: "reel ([0-9.]+) """
    r"""|from: "([0-9.]+)"|reel[-_]([0-9]+\.[0-9]+\.[0-9]+)[-_]""", re.M)
wrong, count = [], 0
for name in sys.stdin.read().split():
    found = [next(filter(None, match.groups())) for match in pattern.finditer(open(name).read())]
    # A Python module may have none, a manifest of a package has to.
    if not found and not name.endswith("__init__.py"):
        wrong.append(f"{name}: no version")
    count += len(found)
    wrong += [f"{name}: {version}" for version in found if version != sys.argv[1]]
print(*wrong, sep="\n")
sys.exit(1 if wrong or not count else 0)' "$version"
}
tool_version() {
    "$reel" --version
    [ "$("$reel" --version | cut -d ' ' -f 2)" = "$version" ]
}
# The entry of the version has a date and says something, and nothing newer is above it.
changelog() {
    local first
    first=$(grep -m 1 '^## ' CHANGELOG.md)
    echo "the first entry is: $first"
    [[ $first =~ ^'## ['"$version"'] - '[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] &&
        awk '/^## /{ entries++; next } entries == 1 && /^- /{ found = 1 } END { exit !found }' CHANGELOG.md
}
format=$("$reel" --version | sed -n 's/.*format \([0-9.]*\).*/\1/p')
# The table of versions has a date for the format.
specification() {
    grep -n "^| $format |" Spec/README.md
    grep -qE "^\| $format \| [0-9]{4}-[0-9]{2}-[0-9]{2} \|" Spec/README.md
}
frozen() {
    local file=Vectors/released/$format.sha256
    if [ ! -f "$file" ]; then
        echo "$file is not there: reel vectors freeze $format"
        return 1
    fi
    git ls-files --error-unmatch "$file"
}
clean() {
    git status --short
    [ -z "$(git status --porcelain)" ]
}
# No tag has the version yet, or the one that has it is this commit.
tag() {
    local tagged
    tagged=$(git rev-list -n 1 "$version" -- 2> /dev/null) || return 0
    echo "the tag $version is commit $tagged"
    [ "$tagged" = "$(git rev-parse HEAD)" ]
}

echo "release $version, format $format, commit $(git rev-parse --short HEAD)"
point "the working folder is clean" clean
point "no other commit has the tag $version" tag
point "every package says $version" versions
point "the tool says $version" tool_version
point "CHANGELOG.md has $version, with a date" changelog
point "Spec/README.md has format $format, with a date" specification
point "the vectors of format $format are frozen" frozen
point "the vectors are what their generator makes" python3 Vectors/generator/generate.py --check
point "the tool agrees with the vectors" "$reel" vectors check
point "the sources are formatted" make --no-print-directory lint
point "the Dockerfile is in order" Scripts/docker/lint.sh "${BUILD:-.build}"
point "the pages show what is true" Scripts/test-documents.py "$reel" README.md Documentation/*.md
point "no link of the site is broken" Scripts/site/make.sh "${BUILD:-.build}-site" "${BUILD:-.build}"
if [ $missing -gt 0 ]; then
    echo "$missing points are missing"
    exit 1
fi
echo "$version can be released: what is left is 'make test', and the tag"
