# SPDX-License-Identifier: GPL-2.0-or-later
"""Where things are: the project, the program under test, its captures."""
import os
import pathlib
import signal

ROOT = pathlib.Path(__file__).resolve().parents[2]
_NAMED = pathlib.Path(os.environ.get("ESPCAP", ROOT / "build" / "espcap"))
BUILD = pathlib.Path(os.path.abspath(_NAMED.parent))  # what is built with it
ESPCAP = _NAMED.resolve()
HAS_ASAN = ESPCAP.exists() and b"__asan_init" in ESPCAP.read_bytes()  # built with the address sanitizer
CRASH = int(signal.SIGABRT if HAS_ASAN else signal.SIGSEGV)  # it reports a crash, and ends the process itself
TEST_PCAPS = ROOT / "test_pcaps"
FULL = os.environ.get("ESPCAP_FULL") == "1"  # the long form of each proof
TIMEOUT_S = 300  # of a run from its beginning to its end
