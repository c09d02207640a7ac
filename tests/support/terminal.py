# SPDX-License-Identifier: GPL-2.0-or-later
"""A terminal for a program to write on."""
import os
import pty


class Terminal:
    """with Terminal() as terminal: Popen(…, stderr=terminal), then terminal.read()."""

    def __init__(self):
        self.ours, self.theirs = pty.openpty()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._leave()
        os.close(self.ours)

    def fileno(self):
        return self.theirs

    def _leave(self):
        if self.theirs is not None:
            os.close(self.theirs)
            self.theirs = None

    def read(self):
        """All that is written on it, until no process has it any more."""
        self._leave()
        text = b""
        while True:
            try:
                text += os.read(self.ours, 4096)
            except OSError:  # its other side is closed
                return text
