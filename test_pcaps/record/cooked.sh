#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cooked.pcap: the "any" device of a host with two network interfaces and the
# loopback interface: link type LINUX_SLL2, no Ethernet headers.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need ping dig

new_ns client server
veth client eth0 0a:01 server eth0 35:01
veth client eth1 0a:02 server eth1 35:02
up client eth0 192.0.2.10/25
up client eth1 192.0.2.138/25
up server eth0 192.0.2.53/25
up server eth1 192.0.2.181/25
named_start server -4

capture_start server any cooked.pcap -y LINUX_SLL2
for address in 192.0.2.53 192.0.2.181; do
    in_ns client ping -c 1 $address >>"$work/client.log"
    in_ns client dig @$address +tries=1 www.example.com A >>"$work/client.log"
done
in_ns server ping -c 1 127.0.0.1 >>"$work/client.log"
capture_stop
publish "$capture_file" cooked.pcap
