# SPDX-License-Identifier: GPL-2.0-or-later
"""What differs between releases of Wireshark."""
import re


def release_of(tshark):
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", tshark("--version")).groups()))


def community_id_of(tshark):
    """The field's name."""
    return "communityid.hash" if release_of(tshark) >= (4, 6) else "communityid"
