#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# vlan.pcap: the trunk between two bridges (bridge.py) that tag the frames of
# two hosts: VLAN 10, VLAN 20 with priority 5, and VLAN 30 inside the service
# VLAN 100 (QinQ).  The first bridge loses one echo request of VLAN 10 and
# lets one overtake another.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need python3 ping curl dig

new_ns client bridge1 bridge2 server
for i in 0 1 2; do
    veth client eth$i 0a:1$i bridge1 eth$i 01:1$i
    veth server eth$i 35:1$i bridge2 eth$i 02:1$i
    up client eth$i 192.0.2.$((i * 64 + 10))/26
    up server eth$i 192.0.2.$((i * 64 + 53))/26
    up bridge1 eth$i
    up bridge2 eth$i
done
veth bridge1 trunk 01:ff bridge2 trunk 02:ff
for name in bridge1 bridge2; do
    in_ns $name ip link set trunk mtu 1508      # room for a second tag
    up $name trunk
done

access=(--access eth0=10 --access eth1=20/5 --access eth2=100+30)
start bridge1.log ip netns exec bridge1 python3 "$RECORD_DIR/bridge.py" \
    --trunk trunk "${access[@]}" --count-min 90 --drop-up 2 --hold-up 4:1
start bridge2.log ip netns exec bridge2 python3 "$RECORD_DIR/bridge.py" \
    --trunk trunk "${access[@]}" --count-min 90
wait_until "bridge 1" grep -q ready "$work/bridge1.log"
wait_until "bridge 2" grep -q ready "$work/bridge2.log"
web_site
named_start server -4
nginx_start server 80 'server { listen 80; }'

capture_start bridge1 trunk vlan.pcap
client() { in_ns client "$@" >>"$work/client.log" 2>&1; }
client ping -c 6 -i 0.1 192.0.2.53                      # VLAN 10
client curl -q -sS -A curl http://192.0.2.53/data.json
client ping -c 1 192.0.2.117                            # VLAN 20
client dig @192.0.2.117 +tries=1 www.example.test A
client ping -c 2 -i 0.2 192.0.2.181                     # VLANs 100 and 30
client curl -q -sS -A curl http://192.0.2.181/
capture_stop
publish "$capture_file" vlan.pcap
