# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands that are compared."""
import functools
import subprocess

from project import ESPCAP

FLOOR = ESPCAP.with_name("espcap_floor")
TEN_FIELDS = ("frame.number,frame.len,ip.src,ip.dst,tcp.srcport,tcp.dstport,"
              "udp.srcport,udp.dstport,dns.qry.name,http.host")
# In a shell, with captures as its arguments; a damaged one is no reason to stop.
TSHARK_LOOP = 'for capture; do tshark -r "$capture" -T ek; done; true'


@functools.cache
def _help():
    text = subprocess.run([ESPCAP, "--help"], capture_output=True, text=True, check=True).stdout
    return text.replace(",", " ").split()


def has(option):
    """Whether this build of espcap knows the option."""
    return option in _help()


def espcap(*arguments):
    """None where this build doesn't know one of the options."""
    options = [argument for argument in arguments if str(argument).startswith("--")]
    if not all(has(option) for option in options):
        return None
    return [ESPCAP, "--config", "empty.yml", "--quiet", *arguments]


def tshark(capture):
    return ["tshark", "-r", capture, "-T", "ek"]


def tshark_loop(captures):
    return ["sh", "-c", TSHARK_LOOP, "sh", *captures]
