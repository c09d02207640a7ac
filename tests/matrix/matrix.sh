#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another Debian release brings another Wireshark: builds espcap in a chroot of it, or compares
# espcap there with that release's tshark.
#
#     matrix.sh RELEASE STEP PACKAGE…      called by ./dev, which knows the packages
#
# The chroots and their build folders are kept below ~/.cache/espcap-matrix. The tree is mounted
# read-only. All mounts belong to a namespace of this script's own and end with it.
set -euo pipefail

readonly tree=$(realpath "$(dirname "$0")/../..")
readonly cache=${XDG_CACHE_HOME:-$HOME/.cache}/espcap-matrix
readonly compiler_cache=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}

fail() {
    echo "$1" >&2
    exit 1
}

release=$1
step=$2
packages=("${@:3}" ccache)
case $release in
    12) suite=bookworm ;;
    13) suite=trixie ;;
    testing) suite=testing ;;
    *) fail "./dev matrix: no release '$release'; use 12, 13 or testing" ;;
esac
case $step in
    build | smoke) ;;
    *) fail "./dev matrix: no step '$step'; use build or smoke" ;;
esac
[ "$(id -u)" = 0 ] || fail "./dev matrix: a chroot needs root; run it as root"
command -v mmdebstrap >/dev/null || fail "./dev matrix: no mmdebstrap; apt-get install mmdebstrap"

# A namespace of processes too: nothing goes on running, and keeps a mount, after this script. It is
# the first process there.
if [ "${ESPCAP_MATRIX_NAMESPACE:-}" != "$$" ]; then
    propagation=()
    # Below a root that is no mount point (a chroot) their propagation can't be changed.
    unshare --mount true 2>/dev/null || propagation=(--propagation unchanged)
    exec unshare --mount "${propagation[@]}" --pid --fork --kill-child --mount-proc \
        env ESPCAP_MATRIX_NAMESPACE=1 "$0" "$@"
fi
# The first process gets only the signals that it asks for.
trap 'exit 130' INT
trap 'exit 143' TERM

readonly root=$cache/$release
readonly build=$cache/$release.build
mkdir -p "$cache" "$build" "$compiler_cache"
exec {lock}>"$cache/$release.lock"
flock -n "$lock" || fail "./dev matrix $release: another one is running; wait for its end"

# The packages' source of the host, for this release.
sources() {
    local uri format='$(ORIGIN)/$(LABEL) $(REPO_URI)'
    uri=$(apt-get indextargets --format "$format" | awk '$1 == "Debian/Debian" {print $2; exit}')
    [ -n "$uri" ] || fail "apt: no source of Debian's packages; add one and run apt-get update"
    echo "deb $uri $suite main"
    [ "$suite" != testing ] || return 0
    uri=$(apt-get indextargets --format "$format" |
        awk '$1 == "Debian/Debian-Security" {print $2; exit}')
    [ -z "$uri" ] || echo "deb $uri $suite-security main"
}

# What the host's apt was told of its network and of the age of lists.
apt_settings() {
    apt-config dump --no-empty | grep -E '^Acquire::(https?|Check-|Retries|ForceIPv)' || true
}

# The certificates that were added to the host are added to the chroot.
copy_certificates() {
    [ -d /usr/local/share/ca-certificates ] || return 0
    find /usr/local/share/ca-certificates -name '*.crt' \
        -exec cp -t "$1/usr/local/share/ca-certificates" {} +
    chroot "$1" update-ca-certificates >/dev/null
}

remove_chroot() {
    [ -e "$1" ] || return 0
    # Mounts of this script end with it; those of somebody else would be emptied.
    ! grep -q " $1/" /proc/self/mountinfo || fail "$1: something is mounted in it; unmount that"
    rm -rf --one-file-system "$1"
}

# Made in a folder of its own and renamed: what has the name is whole. The list of its packages says
# whether it is still the right one.
make_chroot() {
    local wanted listed
    wanted=$(printf '%s\n' "$suite" "${packages[@]}")
    [ "$(cat "$root/espcap-packages" 2>/dev/null)" != "$wanted" ] || return 0
    echo "making a chroot of Debian $release in $root" >&2
    remove_chroot "$root.new"
    listed=$(sources)
    apt_settings >"$cache/$release.apt.conf"
    mmdebstrap --quiet --mode=root --variant=minbase \
        --aptopt="$cache/$release.apt.conf" --include="$(IFS=, && echo "${packages[*]}")" \
        "$suite" "$root.new" - <<<"$listed"
    copy_certificates "$root.new"
    mkdir -p "$root.new"/{espcap,espcap-build,espcap-ccache,espcap-captures}
    echo "$wanted" >"$root.new/espcap-packages"
    remove_chroot "$root"
    mv "$root.new" "$root"
}

# bind FOLDER NAME [OPTIONS]
bind() {
    mount --bind "$1" "$root/$2"
    [ $# -lt 3 ] || mount -o "remount,bind,$3" "$root/$2"
}

mount_all() {
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    bind "$tree" espcap ro
    bind "$build" espcap-build
    bind "$compiler_cache" espcap-ccache
    [ -z "${ESPCAP_CAPTURES:-}" ] || bind "$(realpath "$ESPCAP_CAPTURES")" espcap-captures ro
}

in_chroot() {
    chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        TERM="${TERM:-dumb}" CCACHE_DIR=/espcap-ccache CCACHE_BASEDIR=/espcap \
        PYTHONDONTWRITEBYTECODE=1 "$@"
}

build_all() {
    in_chroot cmake --preset release -S /espcap -B /espcap-build --log-level=WARNING \
        -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >/dev/null
    in_chroot cmake --build /espcap-build
}

# Every capture, in every way of reading it; also those of the folder $ESPCAP_CAPTURES. The program is
# installed first: libwireshark looks for its data (names of addresses) where the program lies.
compare() {
    local captures=()
    in_chroot cmake --install /espcap-build --prefix /usr >/dev/null
    [ -z "${ESPCAP_CAPTURES:-}" ] ||
        captures=(ESPCAP_CAPTURES=/espcap-captures ESPCAP_FULL="${ESPCAP_FULL:-}")
    in_chroot ESPCAP=/usr/bin/espcap "${captures[@]}" python3 -m pytest -p no:cacheprovider -q \
        /espcap/tests/integration/test_referee.py
}

# report passed|failed
report() {
    local version
    version=$(in_chroot pkg-config --modversion wireshark 2>/dev/null) || version='(not installed)'
    echo "$(date +%F) Debian $release: libwireshark $version: $step $1" | tee -a "$cache/results"
}

trap 'report failed' EXIT
make_chroot
mount_all
build_all
[ "$step" = build ] || compare
trap - EXIT
report passed
