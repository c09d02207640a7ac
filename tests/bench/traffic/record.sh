#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Records an office's traffic: workstations, their servers and a router to a few
# web sites, all in private network namespaces, with real programs.
#
#     [PACKETS=50000] [MIX=office] [WORKSTATIONS=5] record.sh FILE
#
# FILE.pcapng, else pcap; MIX: office, web, dns or files, see README.md
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ -z "${RECORD_INSIDE:-}" ]; then
    case ${1:-} in
        '' | -*)
            echo "usage: [PACKETS=50000] [MIX=office] [WORKSTATIONS=5] $0 FILE" >&2
            exit 2
            ;;
    esac
    packets=${PACKETS:-50000}
    case $packets in
        0 | *[!0-9]*) echo "$0: PACKETS=$packets: not a number of packets" >&2 && exit 2 ;;
    esac
    mix=${MIX:-office}
    case $mix in
        office | web | dns | files) ;;
        *) echo "$0: MIX=$mix: not office, web, dns or files" >&2 && exit 2 ;;
    esac
    workstations=${WORKSTATIONS:-5}
    case $workstations in
        [1-9] | 1[0-9] | 2[0-4]) ;;
        *) echo "$0: WORKSTATIONS=$workstations: not 1 to 24" >&2 && exit 2 ;;
    esac
    # The environment is emptied on the way into the namespaces, arguments pass.
    OUT=$(dirname "$1")
    export OUT
    set -- "$(basename "$1")" "$packets" "$mix" "$workstations"
fi
# shellcheck source-path=SCRIPTDIR source=../../../test_pcaps/record/lib.sh
. "$here/../../../test_pcaps/record/lib.sh"
# shellcheck source-path=SCRIPTDIR source=servers.sh
. "$here/servers.sh"
# shellcheck source-path=SCRIPTDIR source=workstation.sh
. "$here/workstation.sh"
need python3 openssl capinfos editcap curl dig ping arping logger named nginx dnsmasq udhcpc \
    chronyd sshd ssh scp sftp smbd nmbd smbclient smbpasswd nmblookup vsftpd exim4 dovecot \
    iperf3 snmpd snmpwalk

name=$1
packets=$2
mix=$3
users=(alice bob carol dave erin frank grace heidi ivan judy kim lea mallory niaj olivia peggy quinn
    rupert sybil trent uma victor walter yves)
users=("${users[@]:0:$4}")
servers=(gw ns files mail)

# --- the network: a switch, a router, and the world behind it -----------------

new_ns switch world "${servers[@]}" "${users[@]}"
ipv6_on world "${servers[@]}" "${users[@]}"
in_ns switch ip link add br0 type bridge ageing_time 30000 mcast_snooping 0
number=1
for ns in "${servers[@]}" "${users[@]}"; do
    port=$(printf '%02x' "$number")
    veth "$ns" eth0 "$port:01" switch "$ns" "ff:$port"
    in_ns switch ip link set "$ns" master br0 up
    number=$((number + 1))
done
veth gw wan0 "fe:01" world eth0 "fe:02"
in_ns switch ip link set br0 up
forwarding_on gw
up gw eth0 192.0.2.1/24 2001:db8:1::1/64
up gw wan0 198.51.100.1/24 2001:db8:2::1/64
up ns eth0 192.0.2.53/24 2001:db8:1::53/64
up files eth0 192.0.2.20/24 2001:db8:1::20/64
up mail eth0 192.0.2.25/24 2001:db8:1::25/64
up world eth0 198.51.100.{80,81,82,83}/24 2001:db8:2::{80,81,82,83}/64
in_ns world ip route add default via 198.51.100.1
in_ns world ip route add default via 2001:db8:2::1

# frames so far: each comes into the switch once
frames() {
    in_ns switch sh -c 'cat /sys/class/net/*/brport/../statistics/rx_packets' |
        { total=0; while read -r n; do total=$((total + n)); done; echo "$total"; }
}

accounts
resolv_conf 192.0.2.53 2001:db8:1::53
certificate
capture_start switch br0 office.pcap -B 65536
servers_start

# --- the day ------------------------------------------------------------------

workers=()
: >"$work/done"
: >"$work/failures"
for i in "${!users[@]}"; do
    (
        trap - EXIT HUP INT TERM
        workday "${users[i]}" "$i"
    ) >>"$work/workday.log" 2>&1 </dev/null &
    workers+=("$!")
    pids+=("$!")
done
last=0
quiet=0
while true; do
    now=$(frames)
    [ "$now" -lt "$packets" ] || break
    quiet=$((now == last ? quiet + 1 : 0))
    last=$now
    if [ "$quiet" -gt 120 ]; then
        echo "$0: no traffic for a minute" >&2
        exit 1
    fi
    sleep 0.5
done
: >"$work/evening"
for pid in "${workers[@]}"; do
    wait "$pid" || { echo "$0: a workstation ended with an error" >&2 && exit 1; }
done
capture_stop

# --- the result ---------------------------------------------------------------

case $name in
    *.pcapng) editcap -F pcapng "$capture_file" "$work/result" ;;
    *) mv "$capture_file" "$work/result" ;;
esac
count=$(capinfos -T -r -M -c "$work/result" | cut -f2)
if [ "$count" -lt "$packets" ]; then
    echo "$0: $count packets, not $packets" >&2
    exit 1
fi
install -m 644 "$work/result" "$OUT/$name.new"
mv "$OUT/$name.new" "$OUT/$name"

echo "$name: $count packets, $(wc -c <"$OUT/$name") bytes, $(wc -l <"$work/done") tasks done," \
    "$(wc -l <"$work/failures") failed"
sort "$work/failures" | cut -d' ' -f2- | uniq -c >&2
python3 "$here/shares.py" "$OUT/$name"
