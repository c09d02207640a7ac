# SPDX-License-Identifier: GPL-2.0-or-later
"""Pipes, and how full they are."""
import array
import fcntl
import os
import termios

PAGE_BYTES = 4096
LONGEST_LINE_BYTES = 200


def unread_bytes(pipe):
    """What was written into it and not read yet."""
    count = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


class SmallPipe:
    """A pipe of a page that nobody reads until somebody does."""

    def __init__(self, blocking=True):
        self.reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, PAGE_BYTES)
        os.set_blocking(self.writer, blocking)

    def is_full(self):
        """Of what is written by bytes."""
        return unread_bytes(self.reader) == PAGE_BYTES

    def has_no_room_for_a_line(self):
        """A line is written whole, or waits."""
        return unread_bytes(self.reader) > PAGE_BYTES - LONGEST_LINE_BYTES

    def read(self):
        """To the end, of which the writer is told."""
        os.close(self.writer)
        with open(self.reader, "rb") as stream:
            return stream.read().decode()

    def close(self):
        os.close(self.reader)
        os.close(self.writer)
