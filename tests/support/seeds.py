# SPDX-License-Identifier: GPL-2.0-or-later
"""Seeds of random tests: ESPCAP_TEST_SEED sets them all, so that what failed can be repeated."""
import os
import random

from project import FULL

VARIABLE = "ESPCAP_TEST_SEED"
_GIVEN = os.environ.get(VARIABLE)
_DRAWN = random.SystemRandom().randrange(1 << 32)


def seed_of_run():
    """The given one, else in the long form another one in each run."""
    usual = _DRAWN if FULL else 1
    return int(_GIVEN) if _GIVEN else usual


def seed_or(usual):
    """The given one, else the same one in each run. Printed: pytest shows it where the test fails."""
    seed = int(_GIVEN) if _GIVEN else usual
    print(f"{VARIABLE}={seed}")
    return seed
