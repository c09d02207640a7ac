#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# http.pcap: curl and nginx.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need curl

simple_net
web_site
nginx_start server 80 'server { listen 80; server_name www.example.test; }'
get() {
    in_ns client curl -q -sS -o /dev/null -A 'curl' \
        --resolve www.example.test:80:192.0.2.53 "$@"
}
base=http://www.example.test

capture_start client eth0 http.pcap
get $base/                                      # HTML
get $base/data.json                             # JSON
get $base/missing.html                          # 404
get -I $base/index.html                         # HEAD
get -H 'Content-Type: application/json' \
    -d '{"name": "delta", "count": 4}' $base/data.json      # POST: 405
get "$base/index.html?first=1" -o /dev/null \
    "$base/data.json?second=2"                  # two on one connection
get --compressed $base/index.html               # gzip, chunked
get -r 0-99 $base/index.html                    # 206
get -H 'If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT' \
    $base/data.json                             # 304
get -b 'session=example' -u user:example -e $base/ \
    --http1.0 $base/data.json                   # more headers, HTTP/1.0
capture_stop
publish "$capture_file" http.pcap
