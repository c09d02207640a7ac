#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""enter.py ROOT COMMAND [ARGUMENT…]: runs the command with ROOT, a mount point, as its root, in a mount namespace of its
own. It is no chroot: in one, no user namespace can be made (unshare(2), EPERM), and tests make some."""
import ctypes
import os
import sys

CLONE_NEWNS, MS_REC, MS_PRIVATE, MNT_DETACH = 0x20000, 0x4000, 1 << 18, 2  # sched.h, sys/mount.h
libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def enter(root):
    call("unshare", CLONE_NEWNS)
    os.chdir(root)
    try:
        call("mount", None, b"/", None, MS_REC | MS_PRIVATE, None)
        # The old root lies over the new one then (pivot_root(2), NOTES).
        call("pivot_root", b".", b".")
        call("umount2", b".", MNT_DETACH)
    except OSError:
        os.chroot(".")  # this process is in a chroot itself
    os.chdir("/")


if len(sys.argv) < 3:
    sys.exit("usage: enter.py ROOT COMMAND [ARGUMENT…]")
try:
    enter(sys.argv[1])
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"enter.py: {sys.argv[1]}: {error}")
