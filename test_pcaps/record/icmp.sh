#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# icmp.pcap: ping, and a router's and a host's error messages.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need ping dig curl

new_ns client router server
veth client eth0 0a:01 router eth0 01:01
veth router eth1 01:02 server eth0 35:01
up client eth0 192.0.2.10/24
up router eth0 192.0.2.1/24
up router eth1 198.51.100.1/24
up server eth0 198.51.100.53/24
in_ns client ip route add default via 192.0.2.1
in_ns server ip route add default via 198.51.100.1
forwarding_on router
# The kernel sends few error messages to one host: all of them, here.
for name in router server; do
    in_ns "$name" sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit'
done
quiet() { in_ns client "$@" >>"$work/client.log" 2>&1 || true; }

capture_start client eth0 icmp.pcap
quiet ping -c 3 -i 0.1 198.51.100.53
quiet ping -c 1 -s 1000 -p 00ff55aa 198.51.100.53
quiet ping -c 1 -R 198.51.100.53                        # record route option
quiet ping -c 1 -Q 0xb8 -s 0 192.0.2.1                  # DSCP EF, no data
quiet dig @198.51.100.53 +tries=1 +time=1 www.example.test A  # port unreachable
quiet ping -c 1 -W 1 -t 1 198.51.100.53                 # TTL exceeded
quiet ping -c 1 -W 1 203.0.113.1                        # network unreachable
quiet curl -q -sS http://198.51.100.53:81/              # TCP: a reset
in_ns router ip link set eth1 mtu 1400
quiet ping -c 1 -W 1 -M "do" -s 1440 198.51.100.53        # fragmentation needed
capture_stop
publish "$capture_file" icmp.pcap
