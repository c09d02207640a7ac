#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ipv6.pcap: a host that joins an IPv6 network (duplicate address detection,
# multicast listener reports, router solicitation and advertisement by
# dnsmasq, neighbour discovery), ICMPv6 echo and errors, DNS over UDP (named)
# and HTTP over TCP (nginx).
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need ping dig curl dnsmasq

new_ns client router server
ipv6_on client router server
veth client eth0 0a:01 router eth0 01:01
veth router eth1 01:02 server eth0 35:01
forwarding_on router
up router eth0 2001:db8:1::1/64
up router eth1 2001:db8:2::1/64
up server eth0 2001:db8:2::53/64
in_ns server ip route add default via 2001:db8:2::1
web_site
named_start server -6
nginx_start server 80 'server { listen [::]:80; }'
start dnsmasq.log ip netns exec router dnsmasq --keep-in-foreground \
    --conf-file=/dev/null --log-facility=- --user=root --pid-file= --port=0 \
    --interface=eth0 --bind-interfaces --enable-ra --leasefile-ro \
    --dhcp-range=2001:db8:1::,ra-only,64,1h
wait_until "dnsmasq" grep -q 'router advertisement on' "$work/dnsmasq.log"

# Nothing of the router's own start is to be seen: its messages end first.
sleep 2
in_ns client ip link set eth0 up
sleep 0.1
in_ns client ip link set eth0 down
capture_start router eth0 ipv6.pcap
in_ns client ip link set eth0 up
has_address() {
    [ -n "$(in_ns client ip -6 addr show dev eth0 scope global -tentative)" ]
}
wait_until "an address by SLAAC" has_address
sleep 1
quiet() { in_ns client "$@" >>"$work/client.log" 2>&1 || true; }
quiet ping -c 2 -i 0.2 2001:db8:1::1
quiet ping -c 2 -i 0.2 2001:db8:2::53
quiet ping -c 1 -W 1 -t 1 2001:db8:2::53                # hop limit exceeded
quiet ping -c 1 -W 1 2001:db8:3::1                      # no route
quiet ping -c 1 -W 1 ff02::1%eth0
quiet dig @2001:db8:2::53 +tries=1 www.example.test AAAA
quiet dig @2001:db8:2::53 +tries=1 +tcp example.com MX
quiet dig @2001:db8:1::1 +tries=1 +time=1 example.com A # port unreachable
quiet curl -q -sS -A curl 'http://[2001:db8:2::53]/data.json'
capture_stop
publish "$capture_file" ipv6.pcap
