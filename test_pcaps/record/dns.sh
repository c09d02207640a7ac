#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# dns.pcap: dig asks named, over UDP and TCP.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need dig

simple_net
named_start server -4
ask() { in_ns client dig @192.0.2.53 +tries=1 "$@" >>"$work/dig.log"; }

capture_start client eth0 dns.pcap
ask www.example.test A
ask www.example.test AAAA
ask example.test MX
ask text.example.test TXT
ask ftp.example.test A                  # a CNAME
ask ftp.example.test CNAME
ask _http._tcp.example.test SRV
ask example.test SOA
ask example.test NS
ask example.test CAA
ask -x 192.0.2.80                       # PTR
ask nothing.example.test A              # NXDOMAIN
ask mail.example.com AAAA               # the name exists, no such record
ask a.long.name.that.does.not.exist.example.com A
ask www.sub.example.com A               # a DNAME
ask www.example.org A                   # REFUSED
ask www.example.com A +noedns
ask long.example.test TXT +noedns       # truncated, then again over TCP
ask example.com A +tcp
ask www.example.test AAAA +tcp
ask nothing.example.com A +tcp          # NXDOMAIN
ask example.com AXFR                    # a zone transfer
capture_stop
publish "$capture_file" dns.pcap
