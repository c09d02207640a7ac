#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes Debian packages of a tarball of source.sh, for the release that it runs on:
#
#     deb.sh TARBALL FOLDER
#
# A package's version ends in the release (~deb12), so that the next release's is an upgrade. Testing, whose number isn't
# known yet, has no such end.
set -euo pipefail
tarball=$(realpath "$1")
folder=$(realpath "$2")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xf "$tarball" -C "$work"
cd "$work"/espcap-*

release=$(. /etc/os-release && echo "${VERSION_ID:+${ID/debian/deb}$VERSION_ID}")
[ -z "$release" ] || sed -i "1s/)/~$release)/" debian/changelog

if command -v ccache >/dev/null; then
    # debhelper gives builds another home.
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}
    export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo >"$work/log" 2>&1 || {
    grep -v '^\[[0-9]*/[0-9]*\] ' "$work/log" | tail -n 100 >&2
    exit 1
}
cd "$work"
root=()
[ "$(id -u)" != 0 ] || root=(--allow-root)
lintian "${root[@]}" --fail-on error,warning --tag-display-limit 0 ./*.changes >&2 || {
    echo "lintian: errors or warnings; repair them, or override them with the reason in debian/" >&2
    exit 1
}
mv ./*.deb ./*.buildinfo ./*.changes "$folder"
