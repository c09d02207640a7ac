#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The source of the last commit as a tarball, whose path is printed:
#
#     source.sh FOLDER
#
# The same commit gives the same bytes. What is not committed is not in it.
set -euo pipefail
shopt -s inherit_errexit
folder=$(realpath "$1")
cd "$(dirname "$0")/.."

at_head() {
    git show "HEAD:$1"
}

# The version of CMakeLists.txt at its tag; before the tag it is lower than that, after the tag higher.
version_of_head() {
    local version tag commit
    version=$(at_head CMakeLists.txt | sed -n 's/^project(espcap VERSION \([0-9.]*\).*/\1/p')
    commit=git$(TZ=UTC git log -1 --date=format-local:%Y%m%d%H%M --format=%cd).$(git rev-parse --short=8 HEAD)
    tag=$(git rev-parse --verify --quiet "v$version^{commit}") || tag=none
    if [ "$tag" = "$(git rev-parse HEAD)" ]; then
        echo "$version"
    elif [ "$tag" = none ]; then
        echo "$version~$commit"
    else
        echo "$version+$commit"
    fi
}

# debian_changelog VERSION: the one entry that debhelper reads version and time from
debian_changelog() {
    local maintainer
    maintainer=$(at_head debian/control | sed -n 's/^Maintainer: //p')
    printf 'espcap (%s-1) unstable; urgency=medium\n\n' "$1"
    printf '  * What changed is in the changelog of this version, changelog.gz.\n\n'
    printf ' -- %s  %s\n' "$maintainer" "$(TZ=UTC git log -1 --date=rfc2822-local --format=%cd)"
}

version=$(version_of_head)
changelog=$(debian_changelog "$version")
tarball=$folder/espcap-$version.tar.gz
git -c tar.umask=0022 archive --format=tar --prefix="espcap-$version/" \
    --add-virtual-file="espcap-$version/debian/changelog:$changelog"$'\n' HEAD |
    gzip -n9 >"$tarball"
echo "$tarball"
