#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tls.pcapng: curl and nginx over TLS, with the secrets inside the file.
# tls-keylog.pcap and tls-keylog.keys: another session, secrets next to it.
# The key, the certificate and the sessions exist for the recording only.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
need curl openssl editcap

simple_net
web_site
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$work/key.pem" -out "$work/cert.pem" -days 3650 \
    -subj '/O=Example/CN=www.example.test' \
    -addext 'subjectAltName=DNS:www.example.test,DNS:h2.example.test' \
    2>"$work/openssl.log"
common="ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets off;"
nginx_start server 443 \
    "server { listen 443 ssl; server_name www.example.test; $common }" \
    "server { listen 8443 ssl http2; server_name h2.example.test; $common }"
get() {
    in_ns client env SSLKEYLOGFILE="$keys" curl -q -sS -o /dev/null \
        -A curl --cacert "$work/cert.pem" \
        --resolve www.example.test:443:192.0.2.53 \
        --resolve h2.example.test:8443:192.0.2.53 "$@"
}

keys=$work/tls.keys
capture_start client eth0 tls.pcap
get --http1.1 --tlsv1.3 https://www.example.test/
get --http1.1 --tlsv1.2 --tls-max 1.2 https://www.example.test/data.json
get --http1.1 --tlsv1.2 --tls-max 1.2 \
    --ciphers ECDHE-ECDSA-CHACHA20-POLY1305 https://www.example.test/missing
get --http2 --tlsv1.3 https://h2.example.test:8443/data.json
capture_stop
editcap -F pcapng --inject-secrets "tls,$keys" "$capture_file" \
    "$work/tls.pcapng"
publish "$work/tls.pcapng" tls.pcapng

keys=$work/tls-keylog.keys
capture_start client eth0 tls-keylog.pcap
get --http1.1 --tlsv1.2 --tls-max 1.2 https://www.example.test/index.html
get --http1.1 --tlsv1.3 -d 'a=1&b=2' https://www.example.test/data.json
capture_stop
# Only the lines with secrets: the program's own comment line is of no use.
grep -v '^#' "$keys" >"$work/keys" || true
mv "$work/keys" "$OUT/tls-keylog.keys"
publish "$capture_file" tls-keylog.pcap
