#!/usr/bin/env bash
# Installs what a build of the tool needs and is not there yet. Each argument adds what something else needs: tests, browser,
# bench, instructions, start, dashboard, dist, image, site, analysis. Says nothing when nothing is missing.
#
#     setup.sh [tests] [browser] ...
set -euo pipefail

# wants WORD: whether WORD was asked for.
wanted=" $* "
wants() { [[ $wanted == *" $1 "* ]]; }

packages=()

# needs PACKAGE WHAT-FOR COMMAND...: the package is missing when one of the commands is.
needs() {
    local package=$1 purpose=$2 command
    shift 2
    for command in "$@"; do
        if ! command -v "$command" > /dev/null; then
            packages+=("$package")
            echo "setup: $command is missing ($purpose): package $package" >&2
            return
        fi
    done
}

# needs_any PACKAGE WHAT-FOR COMMAND...: the package is missing when none of the commands is there.
needs_any() {
    local package=$1 purpose=$2 command
    shift 2
    for command in "$@"; do
        if command -v "$command" > /dev/null; then return; fi
    done
    packages+=("$package")
    echo "setup: $1 is missing ($purpose): package $package" >&2
}

if ! command -v swift > /dev/null; then
    echo "setup: there is no swift in PATH. Install Swift 6.2 or later: https://www.swift.org/install" >&2
    exit 1
fi
# header PACKAGE WHAT-FOR HEADER MODULE: the package is missing when neither the header nor pkg-config's module is there.
header() {
    local package=$1 purpose=$2 header=$3 module=$4
    if [ ! -e "/usr/include/$header" ] && ! pkg-config --exists "$module" 2> /dev/null; then
        packages+=("$package")
        echo "setup: $header is missing ($purpose): package $package" >&2
    fi
}

needs pkg-config "builds find C libraries with it" pkg-config
header zlib1g-dev "members are compressed with zlib" zlib.h zlib
header nettle-dev "the dashboard and the vectors hash with it" nettle/sha2.h nettle
header libsqlite3-dev "one of the stores is SQLite" sqlite3.h sqlite3
header libpq-dev "one of the stores is PostgreSQL" postgresql/libpq-fe.h libpq
if wants tests; then
    needs erlang-base "tests ask a real BEAM" erl escript
    needs elixir "tests compare Elixir's notation with Elixir itself" elixir
    needs python3 "tests and measurements make files with it" python3
    needs nodejs "tests run the reader in JavaScript" node
    needs golang "tests run the reader in Go" go
    needs jq "tests read JSON with it" jq
    needs gzip "tests read recordings with it" gzip
    if [ ! -x /usr/bin/time ]; then
        packages+=(time)
        echo "setup: /usr/bin/time is missing (tests measure memory with it): package time" >&2
    fi
    if ! compgen -G "/usr/lib/postgresql/*/bin/initdb" > /dev/null && ! command -v initdb > /dev/null; then
        packages+=(postgresql)
        echo "setup: initdb is missing (tests start a PostgreSQL of their own): package postgresql" >&2
    fi
fi
if wants bench; then
    if ! compgen -G "/usr/lib/erlang/lib/jiffy-*" > /dev/null; then
        packages+=(erlang-jiffy)
        echo "setup: jiffy is missing (the BEAM's JSON is measured with it): package erlang-jiffy" >&2
    fi
    needs hyperfine "processes are measured with it" hyperfine
    needs g++ "a Python library of the benchmarks is C++" g++
    if ! python3 -c 'import ensurepip, venv' 2> /dev/null; then
        packages+=(python3-venv)
        echo "setup: ensurepip is missing (the benchmarks' Python libraries are installed with it): package python3-venv" >&2
    fi
    if [ ! -e "$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))' 2> /dev/null)/Python.h" ]; then
        packages+=(python3-dev)
        echo "setup: Python.h is missing (a Python library of the benchmarks is C++): package python3-dev" >&2
    fi
fi

if wants instructions; then
    needs valgrind "instructions are counted with it" valgrind
    needs binutils "debugging information is taken out with it" strip
fi
if wants dist; then
    needs binutils "what is released is stripped" strip
    needs dpkg-dev "a Debian package names the packages that it needs" dpkg-shlibdeps
    needs xz-utils "a tarball is compressed with it" xz
    needs debootstrap "a Debian package is tried in a bare Debian" debootstrap
fi
if wants start; then needs hyperfine "starting is measured with it" hyperfine; fi
if wants browser; then
    needs_any chromium "tests drive the dashboard in it" chromium chromium-browser google-chrome google-chrome-stable
    needs_any chromium-driver "tests drive Chromium with it" chromedriver chromium.chromedriver
    if ! /usr/bin/python3 -c "import selenium" 2> /dev/null && ! python3 -c "import selenium" 2> /dev/null; then
        packages+=(python3-selenium)
        echo "setup: Python's selenium is missing (tests drive Chromium with it): package python3-selenium" >&2
    fi
    if ! /usr/bin/python3 -c "import ensurepip, venv" 2> /dev/null && ! python3 -c "import ensurepip, venv" 2> /dev/null; then
        packages+=(python3-venv)
        echo "setup: Python's venv is missing (tests take axe-core from PyPI with it): package python3-venv" >&2
    fi
fi
if wants site || wants image || wants analysis; then
    needs python3 "documents are made and tested with it" python3
    if ! python3 -c "import ensurepip, venv" 2> /dev/null; then
        packages+=(python3-venv)
        echo "setup: Python's venv is missing (libraries and hadolint are installed with it): package python3-venv" >&2
    fi
fi
if wants dashboard; then
    needs wrk "the dashboard is measured with it" wrk
    needs curl "the dashboard is measured with it" curl
    needs iproute2 "connections are counted with it" ss
fi

if [ ${#packages[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get > /dev/null; then
    echo "setup: there is no apt-get here. Install what these Debian packages hold: ${packages[*]}" >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "setup: installing takes root and there is no sudo. As root: apt-get install ${packages[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
echo "setup: installing ${packages[*]}" >&2
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${packages[@]}" > /dev/null || {
    echo "setup: apt-get could not install all of ${packages[*]}. Get them another way, so that PATH has them, and try again" >&2
    exit 1
}
