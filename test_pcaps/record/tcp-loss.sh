#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tcp-loss.pcap: a download through two bridges (bridge.py) with 5 ms of delay
# each, recorded between them.  Segments are lost before the capture (never
# seen), lost after it (seen twice), and reordered, always the same ones.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need python3 curl

new_ns server bridge1 bridge2 client
veth server eth0 35:01 bridge1 eth0 01:01
veth bridge1 trunk 01:02 bridge2 trunk 02:02
veth bridge2 eth0 02:01 client eth0 0a:01
up server eth0 192.0.2.80/24
up client eth0 192.0.2.10/24
for name in bridge1 bridge2; do
    up $name eth0
    up $name trunk
done
# Of the server's frames those with much data count.
start bridge1.log ip netns exec bridge1 python3 "$RECORD_DIR/bridge.py" \
    --trunk trunk --access eth0 --delay-ms 5 --count-min 1000 \
    --drop-up 17,18 --hold-up 5:1,29:4
start bridge2.log ip netns exec bridge2 python3 "$RECORD_DIR/bridge.py" \
    --trunk trunk --access eth0 --delay-ms 5 --count-min 1000 \
    --drop-down 8,36,42
wait_until "bridge 1" grep -q ready "$work/bridge1.log"
wait_until "bridge 2" grep -q ready "$work/bridge2.log"
mkdir "$work/site"
i=0
while [ $i -lt 1200 ]; do
    i=$((i + 1))
    printf '%06d abcdefghijklmnopqrstuvwxyz 0123456789 .......\n' $i
done >"$work/site/lines.bin"
touch -d 2024-01-01T00:00:00Z "$work/site/lines.bin"
nginx_start server 80 'server { listen 80; }'

capture_start bridge1 trunk tcp-loss.pcap
in_ns client curl -q -sS -A curl -o "$work/got" http://192.0.2.80/lines.bin
capture_stop
cmp "$work/site/lines.bin" "$work/got"
publish "$capture_file" tcp-loss.pcap
