#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# compressed.pcap.gz: curl has the C library look a name up (named), then
# fetches a page (nginx); the capture is compressed with gzip.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need curl gzip

simple_net
web_site
named_start server -4
nginx_start server 80 'server { listen 80; server_name web.example.test; }'
resolv_conf 192.0.2.53

capture_start server eth0 compressed.pcap
in_ns client curl -q -sS -A curl -o /dev/null http://web.example.test/
in_ns client curl -q -sS -A curl -o /dev/null --compressed \
    http://web.example.test/data.json -o /dev/null \
    http://web.example.test/index.html
capture_stop
gzip -9 -n "$capture_file"
publish "$capture_file.gz" compressed.pcap.gz
