#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# verify.sh [DIR]: what must be in the captures, according to tshark.
set -Eeuo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}"
config=$(mktemp -d)
trap 'rm -rf "$config"' EXIT
trap 'echo "verify.sh: failed, line $LINENO: $BASH_COMMAND" >&2' ERR
export WIRESHARK_CONFIG_DIR=$config LC_ALL=C    # no preferences of the user
failed=0

fail() {
    echo "FAILED: $*" >&2
    failed=1
}

# count FILE FILTER [TSHARK-OPTION...]
count() {
    local file=$1 filter=$2
    shift 2
    if ! tshark -r "$file" -Y "$filter" -T fields -e frame.number "$@" \
        >"$config/found" 2>"$config/errors"; then
        echo "FAILED: $file: $filter:" >&2
        cat "$config/errors" >&2
        return 1
    fi
    wc -l <"$config/found"
}

# has FILE MINIMUM FILTER [TSHARK-OPTION...]
has() {
    local file=$1 minimum=$2 filter=$3 found
    shift 3
    found=$(count "$file" "$filter" "$@")
    if [ "$found" -lt "$minimum" ]; then
        fail "$file: $found packets, not at least $minimum: $filter"
    fi
}

# hasnot FILE FILTER [TSHARK-OPTION...]
hasnot() {
    local found
    found=$(count "$@")
    if [ "$found" != 0 ]; then
        fail "$1: $found packets: $2"
    fi
}

# is FILE TYPE ENCAPSULATION
is() {
    local got
    got=$(capinfos -T -r -t -E "$1" | cut -f 2,3 | tr '\t' ' ')
    if [ "$got" != "$2 $3" ]; then
        fail "$1: is $got, not $2 $3"
    fi
}

for file in *.pcap *.pcapng *.gz; do
    has "$file" 1 frame
    tshark -r "$file" -T ek >"$config/ek" 2>"$config/errors" ||
        fail "$file: tshark -T ek"
    if grep -v '^Running as user' "$config/errors"; then
        fail "$file: tshark -T ek complains"
    fi
    if [ "$(grep -c '^{"timestamp"' "$config/ek")" != \
        "$(count "$file" frame)" ]; then
        fail "$file: tshark -T ek gives not every packet"
    fi
    if [ "$file" != snaplen.pcap ]; then
        hasnot "$file" 'frame.len != frame.cap_len'
        # Of retransmissions after the last segment tshark says that they
        # do not fit what it has put together.
        if [ "$file" != tcp-loss.pcap ]; then
            hasnot "$file" '_ws.malformed'
        fi
        hasnot "$file" 'ip.checksum.status == Bad ||
            tcp.checksum.status == Bad || udp.checksum.status == Bad' \
            -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE \
            -o udp.check_checksum:TRUE
    fi
    hasnot "$file" 'frame.time_delta < 0'
    hasnot "$file" 'frame.len > 1522'
    hasnot "$file" 'eth.src && !(eth.src[0:4] == 02:00:00:00)'
    hasnot "$file" 'ip.addr && !(ip.addr in {192.0.2.0/24, 198.51.100.0/24,
        203.0.113.0/24, 127.0.0.0/8, 224.0.0.0/4, 0.0.0.0, 255.255.255.255})'
done

is dns.pcap pcap ether
has dns.pcap 1 arp
has dns.pcap 30 'udp && dns'
has dns.pcap 8 'tcp && dns'
# A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, SRV, DNAME, CAA
for kind in 1 2 5 6 12 15 16 28 33 39 257; do
    has dns.pcap 1 "dns.flags.response == 1 && dns.resp.type == $kind"
done
has dns.pcap 1 'udp && dns.flags.rcode == 3'
has dns.pcap 1 'tcp && dns.flags.rcode == 3'
has dns.pcap 1 'dns.flags.rcode == 5'
has dns.pcap 1 'dns.flags.truncated == 1'

has http.pcap 11 'http.request'
has http.pcap 11 'http.response'
for code in 200 206 304 404 405; do
    has http.pcap 1 "http.response.code == $code"
done
has http.pcap 1 'http.request.method == HEAD'
has http.pcap 1 'http.request.method == POST && json'
has http.pcap 1 'http.content_encoding == "gzip" && data-text-lines'
has http.pcap 1 'http.request_number == 2'

is tls.pcapng pcapng ether
has tls.pcapng 6 http
has tls.pcapng 2 'http2.headers.status == 200 || http2.headers.method == GET'
hello='tls.handshake.type == 2'
new='tls.handshake.extensions.supported_version == 0x0304'
for file in tls.pcapng tls-keylog.pcap; do
    has $file 1 "$hello && $new"        # TLS 1.3
    has $file 1 "$hello && !($new)"     # TLS 1.2
done
has tls-keylog.pcap 4 http -o "tls.keylog_file:tls-keylog.keys"
has tls-keylog.pcap 10 tls
hasnot tls-keylog.pcap http

has icmp.pcap 5 'icmp.type == 0'
has icmp.pcap 1 'icmp.type == 3 && icmp.code == 3'
has icmp.pcap 1 'icmp.type == 3 && icmp.code == 4'
has icmp.pcap 1 'icmp.type == 11'
has icmp.pcap 1 'ip.opt.type.number == 7'

has arp.pcap 5 'arp.opcode == 1'
has arp.pcap 4 'arp.opcode == 2'
has arp.pcap 2 'arp.isgratuitous == 1'

has ipv6.pcap 30 'ipv6'
for kind in 133 134 135 136 143 128 129 1 3; do
    has ipv6.pcap 1 "icmpv6.type == $kind"
done
has ipv6.pcap 2 'ipv6 && udp && dns && !icmpv6'
has ipv6.pcap 2 'ipv6 && tcp && dns'
has ipv6.pcap 2 'ipv6 && http'

has vlan.pcap 20 'vlan.id == 10'
has vlan.pcap 4 'vlan.id == 20 && vlan.priority == 5'
has vlan.pcap 10 'ieee8021ad.id == 100 && vlan.id == 30'
hasnot vlan.pcap '!vlan'
has vlan.pcap 2 'ieee8021ad && http'

for flag in retransmission fast_retransmission duplicate_ack out_of_order \
    lost_segment; do
    has tcp-loss.pcap 1 "tcp.analysis.$flag"
done

has fragments.pcap 2 'ip && icmp && ip.fragments'
has fragments.pcap 2 'ipv6.fragments && icmpv6'
has fragments.pcap 1 'ip.fragments && syslog'
has fragments.pcap 1 'ipv6.fragments && syslog'
has fragments.pcap 9 'ip.frag_offset > 0 || ip.flags.mf == 1'

is two-interfaces.pcapng pcapng ether
has two-interfaces.pcapng 10 'frame.interface_name == "lan0"'
has two-interfaces.pcapng 10 'frame.interface_name == "wan0"'
has two-interfaces.pcapng 2 'frame.comment'
# The names stand at the end of the file: two passes.
has two-interfaces.pcapng 1 'ip.host == "client.example.test"' -2 -N n

is nanosecond.pcap nsecpcap ether
has nanosecond.pcap 4 syslog
has nanosecond.pcap 4 dns

[ "$(head -c 2 compressed.pcap.gz | od -An -tx1)" = ' 1f 8b' ] ||
    fail "compressed.pcap.gz: not compressed"
has compressed.pcap.gz 4 dns
has compressed.pcap.gz 6 http

for kind in 1 2 3 5 7; do
    has dhcp-tftp.pcap 1 "dhcp.option.dhcp == $kind"
done
for kind in 1 3 4 5; do
    has dhcp-tftp.pcap 1 "tftp.opcode == $kind"
done

is cooked.pcap pcap linux-sll2
has cooked.pcap 10 sll
has snaplen.pcap 2 'frame.len > frame.cap_len'

# The cut-off file: the packets before, then an error.
status=0
tshark -r damaged/damaged.pcap -T ek >"$config/ek" 2>"$config/errors" || status=$?
if [ "$status" = 0 ]; then
    fail "damaged/damaged.pcap: tshark sees no damage"
fi
grep -q 'cut short' "$config/errors" ||
    fail "damaged/damaged.pcap: tshark reports something else"
[ "$(grep -c '^{"timestamp"' "$config/ek")" = 5 ] ||
    fail "damaged/damaged.pcap: not five packets before the damage"

# Nothing about the machine they were recorded on.
for file in *.pcap *.pcapng *.gz *.keys damaged/*; do
    if gzip -dcf "$file" |
        grep -aoE "Linux|Intel\(R\)|AMD (EPYC|Ryzen)|/(tmp|home|root)/"; then
        fail "$file: tells about the machine"
    fi
done

if [ "$failed" = 0 ]; then
    echo "All captures are as they should be."
fi
exit "$failed"
