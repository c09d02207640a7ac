# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the project, the program under test, its captures."""
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
ESPCAP = pathlib.Path(os.environ.get("ESPCAP", ROOT / "build" / "espcap")).resolve()
TEST_PCAPS = ROOT / "test_pcaps"
FULL = os.environ.get("ESPCAP_FULL") == "1"  # the long form of each proof
TIMEOUT_S = 300  # of a run from its beginning to its end
