#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nanosecond.pcap: UDP with time stamps of nanoseconds: syslog by logger (both
# message formats) and DNS by dig and named.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need python3 logger dig

simple_net
named_start server -4
start sink.log ip netns exec server python3 "$RECORD_DIR/udp_sink.py" 514
wait_until "the sink" grep -q ready "$work/sink.log"

capture_start client eth0 nanosecond.pcap --time-stamp-precision=nano
log() { in_ns client logger -n 192.0.2.53 -P 514 -d "$@"; }
log -t example -p user.info --rfc3164 'a message in the old format'
log -t example -p daemon.err --rfc3164 'an error, in the old format'
log -t example -p local0.warning --rfc5424 --msgid ID47 \
    --sd-id example@32473 --sd-param 'class="high"' \
    'a message in the new format, with structured data'
log -t example -p cron.debug --rfc5424=notq 'without the time quality'
in_ns client dig @192.0.2.53 +tries=1 mail.example.test A >>"$work/dig.log"
in_ns client dig @192.0.2.53 +tries=1 mail.example.test AAAA >>"$work/dig.log"
capture_stop
publish "$capture_file" nanosecond.pcap
