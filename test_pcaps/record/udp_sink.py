#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""udp_sink.py PORT: take the datagrams that come, IPv4 and IPv6, and drop
them.  Writes "ready" to its standard output, and ends on SIGTERM."""

import signal
import socket
import sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
family = socket.AF_INET6
try:
    sink = socket.socket(family, socket.SOCK_DGRAM)
    sink.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    sink.bind(("::", int(sys.argv[1])))
except OSError:
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.bind(("0.0.0.0", int(sys.argv[1])))
print("ready", flush=True)
while True:
    sink.recv(65536)
