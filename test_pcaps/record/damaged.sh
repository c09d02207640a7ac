#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# damaged/damaged.pcap: DNS (dig, named); cut off in the middle of the sixth packet.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need dig

simple_net
named_start server -4
capture_start client eth0 whole.pcap
for name in mail.example.test mail.example.com ns.example.test; do
    in_ns client dig @192.0.2.53 +tries=1 $name A >>"$work/dig.log"
done
capture_stop

size=24         # the file header; a packet has a header of 16 bytes
number=0
while read -r length; do
    number=$((number + 1))
    if [ $number = 6 ]; then
        size=$((size + 16 + length / 2))
        break
    fi
    size=$((size + 16 + length))
done < <(tshark -r "$capture_file" -T fields -e frame.cap_len 2>/dev/null)
[ $number = 6 ]
head -c $size "$capture_file" >"$work/damaged.pcap"
publish "$work/damaged.pcap" damaged/damaged.pcap
