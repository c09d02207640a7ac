# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Chroots of other Debian releases, for matrix.sh, which sets release, suite, cache and fail. All mounts belong to its
# namespace, and end with it.

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

# make_chroot FOLDER PACKAGE…: made in a folder of its own and renamed: what has the name is whole. The list of its
# packages says whether it is still the right one.
make_chroot() {
    local folder=$1 wanted listed
    shift
    wanted=$(printf '%s\n' "$suite" "$@")
    [ "$(cat "$folder/espcap-packages" 2>/dev/null)" != "$wanted" ] || return 0
    echo "making a chroot of Debian $release in $folder" >&2
    remove_chroot "$folder.new"
    listed=$(sources)
    apt_settings >"$cache/$release.apt.conf"
    mmdebstrap --quiet --mode=root --variant=minbase \
        --aptopt="$cache/$release.apt.conf" --include="$(IFS=, && echo "$*")" \
        "$suite" "$folder.new" - <<<"$listed"
    copy_certificates "$folder.new"
    mkdir -p "$folder.new"/espcap{,-build,-ccache,-captures,-package}
    echo "$wanted" >"$folder.new/espcap-packages"
    remove_chroot "$folder"
    mv "$folder.new" "$folder"
}

# bind FOLDER NAME [OPTIONS]: within $root
bind() {
    mount --bind "$1" "$root/$2"
    [ $# -lt 3 ] || mount -o "remount,bind,$3" "$root/$2"
}

# mount_all: what every step needs within $root
mount_all() {
    # Who changes mounts there (ip netns exec, systemd's sandboxes) needs a root that is a mount point.
    mountpoint -q "$root" || mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t devpts devpts "$root/dev/pts"
    bind "$tree" espcap ro
    bind "$build" espcap-build
    bind "$package" espcap-package
    bind "$compiler_cache" espcap-ccache
    [ -z "${ESPCAP_CAPTURES:-}" ] || bind "$(realpath "$ESPCAP_CAPTURES")" espcap-captures ro
}

# What is written to $root from now on is gone after the step; the chroot is as it was.
write_nothing() {
    local scratch=$cache/$release.scratch
    mkdir -p "$scratch"
    mount -t tmpfs tmpfs "$scratch"
    mkdir "$scratch"/{changes,work,root}
    mount -t overlay -o "lowerdir=$root,upperdir=$scratch/changes,workdir=$scratch/work" overlay "$scratch/root"
    root=$scratch/root
}

in_chroot() {
    "$tree/tests/matrix/enter.py" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        TERM="${TERM:-dumb}" CCACHE_DIR=/espcap-ccache CCACHE_BASEDIR=/espcap \
        PYTHONDONTWRITEBYTECODE=1 "$@"
}
