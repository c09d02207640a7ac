#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# two-interfaces.pcapng: dumpcap on both interfaces of a router, with comments
# on two packets, a comment on the file, and a name resolution block.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need dumpcap editcap reordercap python3 ping curl dig

new_ns client router server
veth client eth0 0a:01 router lan0 01:01
veth router wan0 01:02 server eth0 35:01
up client eth0 192.0.2.10/24
up router lan0 192.0.2.1/24
up router wan0 198.51.100.1/24
up server eth0 198.51.100.53/24
in_ns client ip route add default via 192.0.2.1
in_ns server ip route add default via 198.51.100.1
forwarding_on router
web_site
named_start server -4
nginx_start server 80 'server { listen 80; }'

start dumpcap.log ip netns exec router dumpcap -q -i lan0 -i wan0 \
    -w "$work/dumpcap.pcapng"
dumpcap_pid=$started
wait_until "dumpcap" grep -q '^File: ' "$work/dumpcap.log"
sleep 0.5
client() { in_ns client "$@" >>"$work/client.log" 2>&1; }
client ping -c 2 -i 0.2 198.51.100.53
client dig @198.51.100.53 +tries=1 www.example.test A
client curl -q -sS -A curl http://198.51.100.53/data.json
client ping -c 1 192.0.2.1
sleep 1
stop "$dumpcap_pid"

# The two capturing threads may write a frame late.
reordercap "$work/dumpcap.pcapng" "$work/ordered.pcapng" >>"$work/client.log"
editcap --capture-comment 'Both sides of a router.' \
    -a '1:The first packet of the file.' \
    -a '5:A comment that is not all ASCII: Grüße, γειά, 你好.' \
    "$work/ordered.pcapng" "$work/commented.pcapng"
cat >"$work/hosts" <<'END'
192.0.2.10    client.example.test
198.51.100.53 server.example.test
END
# The block has the names that were used: -P makes tshark print the packets.
tshark -r "$work/commented.pcapng" -N n -H "$work/hosts" -W n -P \
    -w "$work/named.pcapng" >>"$work/client.log" 2>&1
python3 "$RECORD_DIR/pcapng_neutral.py" "$work/named.pcapng" \
    "$work/two-interfaces.pcapng"
publish "$work/two-interfaces.pcapng" two-interfaces.pcapng
