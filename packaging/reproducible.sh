#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whether a tarball of source.sh gives the same packages, byte for byte, wherever and whenever it is built:
#
#     reproducible.sh TARBALL
#
# reprotest builds it twice, without a compiler cache. The second build has another path, date, time zone, locale, umask
# and order of files. The packages' SHA-256 are printed where both are equal; otherwise the differences.
set -euo pipefail
tarball=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xf "$tarball" -C "$work"
cd "$work"/espcap-*
variations=-all,+build_path,+time,+timezone,+locales,+umask,+fileordering
reprotest --min-cpus 1 --vary="$variations" --build-command 'dpkg-buildpackage --build=binary --no-sign' \
    . '../*.deb' -- null >"$work/log" 2>&1 || {
    tail -n 200 "$work/log" >&2
    exit 1
}
sed -n '/^Reproduction successful/,$p' "$work/log"
