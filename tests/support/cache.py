# SPDX-License-Identifier: GPL-2.0-or-later
"""Where work of earlier runs is kept: below ~/.cache/espcap-tests, unless ESPCAP_TEST_CACHE=off."""
import os
import pathlib


def folder(kind):
    """Of one kind of entries; None where nothing is to be kept."""
    if os.environ.get("ESPCAP_TEST_CACHE") == "off":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "espcap-tests" / kind
