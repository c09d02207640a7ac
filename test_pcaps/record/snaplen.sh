#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# snaplen.pcap: HTTP and DNS, of each packet the first 96 bytes only.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need curl dig

simple_net
web_site
named_start server -4
nginx_start server 80 'server { listen 80; }'

capture_start client eth0 snaplen.pcap -s 96
in_ns client dig @192.0.2.53 +tries=1 example.test NS >>"$work/dig.log"
in_ns client curl -q -sS -A curl -o /dev/null http://192.0.2.53/index.html
capture_stop
publish "$capture_file" snaplen.pcap
