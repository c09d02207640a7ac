#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes an archive of small captures, 20 to 200 packets each, out of a large one:
# half of them TCP connections, half slices of all traffic; pcap and pcapng.
#
#     [COUNT=500] archive.sh DIR [CAPTURE]        without CAPTURE one is recorded
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in
    '' | -*) echo "usage: [COUNT=500] $0 DIR [CAPTURE]" >&2 && exit 2 ;;
esac
directory=$1
capture=${2:-}
count=${COUNT:-500}
for program in tshark tcpdump editcap capinfos; do
    command -v "$program" >/dev/null || { echo "$0: not found: $program" >&2 && exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

mkdir -p "$directory"
if [ -n "$(ls -A "$directory")" ]; then
    echo "$0: $directory is not empty" >&2
    exit 1
fi
if [ -z "$capture" ]; then
    capture=$work/office.pcapng
    "$here/record.sh" "$capture"
fi

# keep FILE NAME: by turns as pcap and as pcapng
number=0
keep() {
    local format=pcap
    [ $((number % 2)) = 0 ] || format=pcapng
    editcap -F "$format" "$1" "$directory/$(printf '%03d' "$number")-$2.$format"
    number=$((number + 1))
}

# Connections: packets, and a filter that has this connection alone
tshark -n -r "$capture" -Y tcp -T fields -E occurrence=f -e tcp.stream -e ip.src -e ipv6.src \
    -e ip.dst -e ipv6.dst -e tcp.srcport -e tcp.dstport 2>/dev/null |
    awk -F '\t' '
        !($1 in packets) {
            filter[$1] = "tcp and host " $2 $3 " and host " $4 $5 " and port " $6 " and port " $7
            port[$1] = $7
        }
        { packets[$1]++ }
        END {
            for (stream = 0; stream in packets; stream++)
                if (packets[stream] >= 20 && packets[stream] <= 200)
                    print port[stream] "\t" filter[stream]
        }' >"$work/connections"
found=$(wc -l <"$work/connections")
wanted=$((found < count / 2 ? found : count / 2))
# evenly from all of them
awk -v found="$found" -v wanted="$wanted" \
    'int(NR * wanted / found) > int((NR - 1) * wanted / found)' "$work/connections" \
    >"$work/chosen"
while IFS=$'\t' read -r port filter; do
    tcpdump -r "$capture" -w - "$filter" >"$work/one" 2>/dev/null
    keep "$work/one" "port$port"
done <"$work/chosen"

# Slices
total=$(capinfos -T -r -M -c "$capture" | cut -f2)
slices=$((count - number))
RANDOM=1
for ((i = 0; i < slices; i++)); do
    length=$((20 + RANDOM % 181))
    first=$((1 + i * (total > length ? total - length : 0) / slices))
    editcap -r "$capture" "$work/one" "$first-$((first + length - 1))"
    keep "$work/one" slice
done

echo "$directory: $number captures, $wanted of them connections," \
    "$(capinfos -T -r -M -c "$directory"/* | awk -F '\t' '{ n += $2 } END { print n }') packets," \
    "$(cat "$directory"/* | wc -c) bytes"
