# SPDX-License-Identifier: GPL-2.0-or-later
"""The tests' own question to tshark: several filters at once select what each selects alone."""
import subprocess

import pytest
from display_filters import frames_selected
from project import TEST_PCAPS

FILTERS = ["dns", "ip.ttl < 64", 'dns.qry.name == "www.example.test"', 'dns.qry.name matches "^mail[.]"',
           "frame.number > 40 && udp", "tcp", "frame.time_delta > 0.01",
           'dns.qry.name contains "\\x65xample"', 'frame.len > "many"', "no.such.field"]


def test_filters_together_select_what_each_selects_alone(tshark):
    capture = TEST_PCAPS / "dns.pcap"
    together = frames_selected(tshark, capture, FILTERS)
    for display_filter, selected in zip(FILTERS, together):
        arguments = ("-r", capture, "-Y", display_filter, "-T", "fields", "-e", "frame.number")
        if selected is None:
            with pytest.raises(subprocess.CalledProcessError):
                tshark(*arguments)
        else:
            assert selected == set(map(int, tshark(*arguments).split())), display_filter
    assert together.count(None) == 2 and sum(map(bool, together)) >= 6
