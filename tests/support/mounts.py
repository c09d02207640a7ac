# SPDX-License-Identifier: GPL-2.0-or-later
"""Mounts that only a test's own processes see."""
import subprocess


def own_mounts():
    """The start of a command that has mounts of its own."""
    command = ["unshare", "--mount"]
    # Below a root that is no mount point (a chroot) their propagation can't be changed.
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode != 0:
        command += ["--propagation", "unchanged"]
    return command


def with_dev_log(path):
    """The start of a command whose /dev/log is the socket at `path`."""
    script = ('mount -t tmpfs tmpfs /dev && mknod -m 666 /dev/null c 1 3 && touch /dev/log && '
              'mount --bind "$0" /dev/log && "$@"; '
              'status=$?; umount /dev/log /dev; exit $status')
    return [*own_mounts(), "sh", "-c", script, path]


def with_small_folder(path, size="64k"):
    """The start of a command for which the folder is a file system of its own of that size."""
    script = 'mount -t tmpfs -o size="$1" tmpfs "$0" && shift && "$@"; status=$?; umount "$0"; exit $status'
    return [*own_mounts(), "sh", "-c", script, path, size]
