#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# arp.pcap: ARP of the kernel (for ping) and of arping.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need arping ping

simple_net
quiet() { in_ns "$@" >>"$work/arping.log" 2>&1 || true; }

capture_start client eth0 arp.pcap
quiet client ping -c 1 192.0.2.53                       # request, reply
quiet client arping -c 2 -I eth0 192.0.2.53             # broadcast, unicast
quiet client arping -c 1 -w 1 -I eth0 192.0.2.99        # nobody answers
quiet client arping -D -c 1 -w 1 -I eth0 192.0.2.53     # probe: in use
quiet client arping -D -c 1 -w 1 -I eth0 192.0.2.11     # probe: free
quiet client arping -U -c 1 -I eth0 192.0.2.10          # announcement
quiet server arping -A -c 1 -I eth0 192.0.2.53          # gratuitous reply
capture_stop
publish "$capture_file" arp.pcap
