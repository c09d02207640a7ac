#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dhcp-tftp.pcap: udhcpc gets an address from dnsmasq, asks it for a name,
# fetches two files with TFTP (curl), and releases the address.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need dnsmasq udhcpc curl dig

new_ns client server
veth client eth0 0a:01 server eth0 35:01
up client eth0
up server eth0 192.0.2.1/24
mkdir /run/tftp         # the private /run: the name is in an error message
i=0
while [ $i -lt 40 ]; do
    i=$((i + 1))
    echo "line $i of a file to boot from"
done >/run/tftp/boot.txt
start dnsmasq.log ip netns exec server dnsmasq --keep-in-foreground \
    --conf-file=/dev/null --log-facility=- --user=root --pid-file= \
    --interface=eth0 --bind-interfaces --no-hosts --no-resolv --no-ping \
    --domain=example.test --dhcp-fqdn --local=/example.test/ \
    --dhcp-range=192.0.2.100,192.0.2.150,1h --dhcp-authoritative \
    --dhcp-option=option:ntp-server,192.0.2.1 \
    --dhcp-boot=boot.txt,server.example.test,192.0.2.1 \
    --dhcp-leasefile="$work/leases" \
    --address=/server.example.test/192.0.2.1 \
    --enable-tftp --tftp-root=/run/tftp
wait_until "dnsmasq" grep -q 'TFTP root is' "$work/dnsmasq.log"
cat >"$work/lease.sh" <<'END'
#!/bin/sh
case $1 in
    deconfig) ip addr flush dev "$interface" ;;
    bound) ip addr add "$ip/$mask" dev "$interface"; : >"$HOME/bound" ;;
esac
END
chmod +x "$work/lease.sh"

capture_start server eth0 dhcp-tftp.pcap
start udhcpc.log ip netns exec client udhcpc -f -i eth0 -n -R \
    -s "$work/lease.sh" -x hostname:client -V example -p "$work/udhcpc.pid"
udhcpc_pid=$started
wait_until "a DHCP lease" test -e "$work/bound"
client() { in_ns client "$@" >>"$work/client.log" 2>&1; }
client dig @192.0.2.1 +tries=1 client.example.test A
client curl -q -sS -o "$work/got" tftp://192.0.2.1/boot.txt
cmp /run/tftp/boot.txt "$work/got"
client curl -q -sS tftp://192.0.2.1/missing.txt || true
stop "$udhcpc_pid"
capture_stop
publish "$capture_file" dhcp-tftp.pcap
