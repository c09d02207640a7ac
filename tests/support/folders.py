# SPDX-License-Identifier: GPL-2.0-or-later
"""Folders for other users than the one that tests run as."""
import contextlib
import pathlib
import tempfile


@contextlib.contextmanager
def for_every_user():
    """A new folder that everybody can read, which pytest's own are not; it goes with all that is in it."""
    with tempfile.TemporaryDirectory(prefix="espcap-tests-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        yield folder
