#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Captures into a real Elasticsearch, two questions to it, and a report. `./dev demo` has built everything.
set -euo pipefail
cd "$(dirname "$0")/../.."

keep=
case ${1:-} in
    '') ;;
    --keep) keep=1 ;;
    *) echo "usage: ./dev demo [--keep]" >&2 && exit 2 ;;
esac

server=tests/support/servers/run.sh
home=$(mktemp -d)
finish() {
    [ -z "$keep" ] || return 0
    "$server" remove --home "$home" || true
}
trap finish EXIT

echo "== Starting Elasticsearch (the first time, it is fetched from Maven Central)"
url=$("$server" start --home "$home")
echo "$url"

echo
echo "== build/espcap --dir test_pcaps --node $url"
build/espcap --dir test_pcaps --node "$url"
curl -sS -X POST "$url/packets-*/_refresh" >/dev/null

# ask BODY: the buckets of the aggregation named "answer", as "count  key" lines
ask() {
    curl -sS -H 'Content-Type: application/json' "$url/packets-*/_search?size=0" -d "$1" |
        python3 -c '
import json, sys
for bucket in json.load(sys.stdin)["aggregations"]["answer"]["buckets"]:
    print("%7d  %s" % (bucket["doc_count"], bucket["key"]))'
}

echo
echo "== Packets by protocol"
ask '{"aggs": {"answer": {"terms": {"field": "layers.frame.frame_frame_protocols", "size": 15}}}}'

echo
echo "== DNS names asked"
ask '{"query": {"term": {"layers.dns.dns_dns_flags_response": false}},
      "aggs": {"answer": {"terms": {"field": "layers.dns.dns_dns_qry_name", "size": 15}}}}'

echo
echo "== A report on all of it"
build/espcap report --node "$url" --archive-root "$PWD/test_pcaps" --output build/report.html
echo "Look at it in a browser: file://$PWD/build/report.html"

if [ -n "$keep" ]; then
    echo
    echo "Elasticsearch goes on at $url; end it with:"
    echo "  $server remove --home $home"
fi
