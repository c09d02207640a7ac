#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Another Debian release brings another Wireshark, compiler and systemd. Does one step in a chroot of it:
#
#     matrix.sh RELEASE STEP PACKAGE…      called by ./dev, which knows the packages
#
#     build    compiles the tree
#     smoke    compares documents with that release's tshark
#     package  makes the packages of the last commit
#     install  installs, uses, upgrades, removes and purges them in a bare chroot
#     test     runs ./dev test in a clone of the last commit
#
# The chroots and their build folders are kept below ~/.cache/espcap-matrix. The tree is mounted read-only. The outcome
# goes to tests/matrix/results, and what a step prints to RELEASE-STEP.log next to the chroots.
set -euo pipefail

tree=$(realpath "$(dirname "$0")/../..")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/espcap-matrix
compiler_cache=${CCACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/ccache}

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
    build | smoke | package | install | test) ;;
    *) fail "./dev matrix: no step '$step'; use build, smoke, package, install or test" ;;
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

root=$cache/$release
build=$cache/$release.build
package=$cache/$release.package
log=$cache/$release-$step.log
mkdir -p "$cache" "$build" "$package" "$compiler_cache"
exec {lock}>"$cache/$release.lock"
flock -n "$lock" || fail "./dev matrix $release: another one is running; wait for its end"

# shellcheck source=tests/matrix/chroot.sh
. "$tree/tests/matrix/chroot.sh"
# shellcheck source=tests/matrix/steps.sh
. "$tree/tests/matrix/steps.sh"

# report passed|failed
report() {
    versions | "$tree/tests/matrix/results.py" record "$release" "$step" "$1" || true
    echo "./dev matrix $release $step: $1; what it printed: $log" >&2
}

trap 'report failed' EXIT
prepare >&2
"$step"_step 2>&1 | tee "$log"
trap - EXIT
report passed
