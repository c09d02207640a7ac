#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A release, from the version's number to the files that are handed out:
#
#     release.sh VERSION [RELEASE…]    RELEASE: further releases of Debian to make packages for, as ./dev matrix has them
#
# Sets the version, runs the checks, commits and tags, and leaves in build-package: source tarball, packages, a bill of
# materials of the packaged program, SHA256SUMS. Nothing is pushed. Where a check fails, the tree is as before.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$1
releases=("${@:2}")
before=$(git rev-parse HEAD)

fail() {
    echo "./dev release: $1" >&2
    exit 1
}

undo() {
    git tag --delete "v$version" >/dev/null 2>&1 || true
    git reset --quiet --hard "$before"
    fail "no release; the tree is as before"
}

# The program of the package, not one that was built elsewhere.
bill_of_materials() {
    local work
    work=$(mktemp -d)
    dpkg-deb -x build-package/espcap_*.deb "$work"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) packaging/sbom.py "$work/usr/bin/espcap" "$version"
    rm -rf "$work"
}

[ -z "$(git status --porcelain)" ] || fail "the tree has changes; commit them first"
! git rev-parse --quiet --verify "v$version" >/dev/null || fail "$version: has a tag already; take the next one"
packaging/set_version.py "$version" "$(date +%F)" || fail "the version was not set"
trap undo EXIT
./dev reference
./dev lint full
./dev test full
git commit --quiet --all --message "release: $version"
git tag --annotate --message "espcap $version" "v$version"
./dev package
bill_of_materials >"build-package/espcap-$version.cdx.json"
for release in "${releases[@]}"; do
    ./dev matrix "$release" package
    cp "${XDG_CACHE_HOME:-$HOME/.cache}/espcap-matrix/$release.package/"*.deb build-package
done
(cd build-package && sha256sum ./*.tar.gz ./*.deb ./*.json | tee SHA256SUMS)
trap - EXIT
echo "released: tag v$version, files in build-package; push both when you are sure"
