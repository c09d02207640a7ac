#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# fragments.pcap: fragmented datagrams, IPv4 and IPv6: ICMP echo (ping) and
# UDP (syslog messages of logger).  A bridge (bridge.py) lets the second of
# the IPv4 fragments that it counts overtake the first, and loses one of the
# last message.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need python3 ping logger

new_ns client bridge server
ipv6_on client server
veth client eth0 0a:01 bridge eth0 01:01
veth bridge trunk 01:02 server eth0 35:01
up client eth0 192.0.2.10/24 2001:db8::10/64
up server eth0 192.0.2.53/24 2001:db8::53/64
up bridge eth0
up bridge trunk
start bridge.log ip netns exec bridge python3 "$RECORD_DIR/bridge.py" \
    --trunk trunk --access eth0 --count-min 1000 --hold-up 1:1 --drop-up 14
wait_until "the bridge" grep -q ready "$work/bridge.log"
start sink.log ip netns exec server python3 "$RECORD_DIR/udp_sink.py" 514
wait_until "the sink" grep -q ready "$work/sink.log"
sleep 2.5       # the kernels' own messages about their IPv6 addresses end

message() { printf "$1%.0s" $(seq 1 400); }
capture_start server eth0 fragments.pcap
client() { in_ns client "$@" >>"$work/client.log" 2>&1; }
client ping -c 1 -s 4000 192.0.2.53
client ping -c 1 -s 4000 2001:db8::53
client logger -d -n 192.0.2.53 -P 514 -S 8192 -t example --rfc3164 \
    "$(message '0123456789')"
client logger -d -n 2001:db8::53 -P 514 -S 8192 -t example --rfc3164 \
    "$(message 'abcdefghij')"
client logger -d -n 192.0.2.53 -P 514 -S 8192 -t example --rfc3164 \
    "$(message 'incomplete')"
capture_stop
publish "$capture_file" fragments.pcap
