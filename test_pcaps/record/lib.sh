# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Common part of the recording scripts; they source it first:
#
#     set -euo pipefail
#     . "$(dirname "$0")/lib.sh"
#
# Sourcing it starts the script anew inside its own mount, network, process
# and host-name namespaces (unshare) with an emptied environment.  Network
# namespaces made with new_ns are named in a private /run, so they collide
# with nothing, nothing outside can see them, and the kernel removes all that
# is left, processes included, when the script ends in whatever way.
#
# OUT=dir   where the captures go (default: the folder above this one)

if [ -z "${RECORD_INSIDE:-}" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "$0: needs root (network namespaces, packet sockets)" >&2
        exit 1
    fi
    RECORD_DIR=$(cd "$(dirname "$0")" && pwd)
    OUT=${OUT:-$RECORD_DIR/..}
    mkdir -p "$OUT"
    OUT=$(cd "$OUT" && pwd)
    exec env -i \
        PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" LC_ALL=C TZ=UTC0 \
        RECORD_INSIDE=1 RECORD_DIR="$RECORD_DIR" OUT="$OUT" \
        TMPDIR="${TMPDIR:-/tmp}" \
        unshare --mount --net --uts --pid --fork --kill-child=TERM --mount-proc \
        bash "$0" "$@"
fi

umask 022
hostname client
work=$(mktemp -d)
export HOME=$work
mount -t tmpfs -o mode=755 tmpfs /run

pids=()         # every process started in the background
namespaces=()   # every network namespace made
capture_pid=

cleanup() {
    local status=$? i
    trap - EXIT
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        kill "${pids[i]}" 2>/dev/null || true
    done
    for ((i = 0; i < ${#namespaces[@]}; i++)); do
        ip netns del "${namespaces[i]}" 2>/dev/null || true
    done
    if [ "$status" != 0 ]; then
        echo "$0: failed, with these logs:" >&2
        tail -n 20 "$work"/*.log >&2 2>/dev/null || true
    fi
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

need() {
    local program missing=
    for program; do
        command -v "$program" >/dev/null || missing="$missing $program"
    done
    if [ -n "$missing" ]; then
        echo "$0: not found:$missing (Debian packages: see README.md)" >&2
        exit 1
    fi
}
need ip ethtool ss taskset tcpdump tshark

# All on one processor: frames are recorded in the order of their times.
cpus=$(taskset -cp $$)
cpus=${cpus##*: }
taskset -cp "${cpus%%[,-]*}" $$ >/dev/null

# wait_until DESCRIPTION COMMAND...: until it succeeds, for at most 10 seconds
wait_until() {
    local what=$1 i
    shift
    for ((i = 0; i < 200; i++)); do
        if "$@" >/dev/null 2>&1; then
            return 0
        fi
        sleep 0.05
    done
    echo "$0: waited without success: $what" >&2
    return 1
}

# --- namespaces and links ---------------------------------------------------

# new_ns NAME...: network namespaces without IPv6 (see ipv6_on)
new_ns() {
    local name
    for name; do
        ip netns add "$name"
        namespaces+=("$name")
        in_ns "$name" sh -c '
            echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
            echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
            ip link set lo up'
    done
}

# in_ns NAME COMMAND...
in_ns() {
    ip netns exec "$@"
}

ipv6_on() {
    local name
    for name; do
        in_ns "$name" sh -c '
            echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
            echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6
            for f in /proc/sys/net/ipv6/conf/*/addr_gen_mode; do
                echo 0 >$f
            done'
    done
}

forwarding_on() {
    in_ns "$1" sh -c '
        echo 1 >/proc/sys/net/ipv4/ip_forward
        echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
}

# veth NS1 IF1 MAC1 NS2 IF2 MAC2: a cable between two namespaces, with all
# offloads off: frames of MTU size, check sums computed before the capture.
# The interfaces are left down.
veth() {
    ip link add "$2" netns "$1" address "02:00:00:00:$3" type veth \
        peer name "$5" netns "$4" address "02:00:00:00:$6"
    local pair
    for pair in "$1 $2" "$4 $5"; do
        # shellcheck disable=SC2086
        set -- $pair
        in_ns "$1" ethtool -K "$2" rx off tx off sg off tso off gso off \
            gro off rxvlan off txvlan off >>"$work/ethtool.log" 2>&1
    done
}

# up NS IF [ADDRESS/LENGTH...]
up() {
    local ns=$1 dev=$2 address
    shift 2
    in_ns "$ns" ip link set "$dev" up
    for address; do
        case $address in
            *:*) in_ns "$ns" ip addr add "$address" dev "$dev" nodad ;;
            *) in_ns "$ns" ip addr add "$address" dev "$dev" ;;
        esac
    done
}

# simple_net: client (192.0.2.10) and server (192.0.2.53) on one cable
simple_net() {
    new_ns client server
    veth client eth0 0a:01 server eth0 35:01
    up client eth0 192.0.2.10/24
    up server eth0 192.0.2.53/24
}

# --- programs ---------------------------------------------------------------

# start LOG COMMAND...: in the background; its pid is in $started
start() {
    local log=$work/$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    started=$!
    pids+=("$started")
}

# stop PID
stop() {
    kill -TERM "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# resolv_conf ADDRESS...: what the C library's resolver asks
resolv_conf() {
    local target address
    target=$(readlink -m /etc/resolv.conf)
    : >"$work/resolv.conf"
    for address; do
        echo "nameserver $address" >>"$work/resolv.conf"
    done
    if [ ! -e "$target" ]; then
        mkdir -p "$(dirname "$target")"
        : >"$target"
    fi
    mount --bind "$work/resolv.conf" "$target"
}

listening() { # NS PORT: a TCP port
    [ -n "$(in_ns "$1" ss -Hltn "sport = :$2")" ]
}

# named_start NS: bind's named as the authoritative server of example.test,
# example.com and their reverse zone
named_start() {
    need named
    mkdir "$work/named"
    cat >"$work/named/named.conf" <<END
options {
    directory "$work/named";
    pid-file none;
    session-keyfile none;
    lock-file none;
    version "none";
    hostname none;
    server-id none;
    recursion no;
    notify no;
    empty-zones-enable no;
    dnssec-validation no;
    allow-transfer { any; };
    minimal-responses no-auth-recursive;
};
controls { };
zone "example.test" { type primary; file "example.test"; };
zone "example.com" { type primary; file "example.com"; };
zone "2.0.192.in-addr.arpa" { type primary; file "reverse"; };
END
    cat >"$work/named/example.test" <<'END'
$TTL 3600
@       IN SOA   ns hostmaster ( 2024010101 7200 900 604800 300 )
        IN NS    ns
        IN MX    10 mail
        IN MX    20 mail.example.com.
        IN TXT   "v=spf1 mx -all"
        IN CAA   0 issue "ca.example.test"
ns      IN A     192.0.2.53
        IN AAAA  2001:db8::53
www     IN A     192.0.2.80
        IN A     192.0.2.81
        IN AAAA  2001:db8::80
web     IN A     192.0.2.53
mail    IN A     192.0.2.25
        IN AAAA  2001:db8::25
ftp     IN CNAME www
text    IN TXT   "first string" "second string; with punctuation"
_http._tcp IN SRV 10 60 80 www
_http._tcp IN SRV 20 40 8080 www.example.com.
END
    {
        local i
        for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
            printf 'long IN TXT "record %s: ' "$i"
            printf 'abcdefghijklmnopqrstuvwxyz0123456789%.0s' 1 2 3 4 5
            printf '"\n'
        done
    } >>"$work/named/example.test"
    cat >"$work/named/example.com" <<'END'
$TTL 600
@       IN SOA   ns.example.test. hostmaster.example.test. (
                 2024010102 7200 900 604800 60 )
        IN NS    ns.example.test.
        IN A     192.0.2.90
        IN AAAA  2001:db8::90
        IN MX    10 mail
www     IN CNAME example.com.
mail    IN A     192.0.2.26
sub     IN DNAME example.test.
END
    cat >"$work/named/reverse" <<'END'
$TTL 3600
@       IN SOA   ns.example.test. hostmaster.example.test. (
                 2024010103 7200 900 604800 300 )
        IN NS    ns.example.test.
53      IN PTR   ns.example.test.
80      IN PTR   www.example.test.
END
    start named.log ip netns exec "$1" named -g -n 1 \
        -c "$work/named/named.conf" "${@:2}"
    wait_until "named" grep -q ' running$' "$work/named.log"
    wait_until "named's zones" grep -q 'all zones loaded' "$work/named.log"
}

# web_site: the files that nginx serves
web_site() {
    local i
    mkdir -p "$work/site"
    {
        printf '<!DOCTYPE html>\n<html lang="en">\n<head>\n'
        printf '<title>Example page</title>\n</head>\n<body>\n'
        printf '<h1>Example page</h1>\n'
        for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
            printf '<p>Paragraph %d of a page made for a capture.</p>\n' "$i"
        done
        printf '</body>\n</html>\n'
    } >"$work/site/index.html"
    {
        printf '{"service": "example", "count": 3, "items": [\n'
        printf '  {"id": 1, "name": "alpha", "ok": true},\n'
        printf '  {"id": 2, "name": "beta", "ok": false},\n'
        printf '  {"id": 3, "name": "gamma \\u03b3", "ok": null}\n]}\n'
    } >"$work/site/data.json"
    find "$work/site" -type f -exec touch -d 2024-01-01T00:00:00Z {} +
}

# nginx_start NS PORT SERVER-BLOCK...
nginx_start() {
    need nginx
    local ns=$1 port=$2
    shift 2
    mkdir -p "$work/nginx"
    {
        cat <<END
daemon off;
master_process off;
pid $work/nginx/nginx.pid;
error_log stderr warn;
events { worker_connections 64; }
http {
    access_log off;
    server_tokens off;
    client_body_temp_path $work/nginx/body;
    proxy_temp_path $work/nginx/proxy;
    fastcgi_temp_path $work/nginx/fastcgi;
    uwsgi_temp_path $work/nginx/uwsgi;
    scgi_temp_path $work/nginx/scgi;
    types {
        text/html html;
        text/plain txt;
        application/json json;
        application/octet-stream bin;
    }
    gzip on;
    gzip_types application/json text/plain;
    gzip_min_length 200;
    root $work/site;
END
        printf '%s\n' "$@" '}'
    } >"$work/nginx/nginx.conf"
    start nginx.log ip netns exec "$ns" nginx -e stderr -p "$work/nginx" \
        -c "$work/nginx/nginx.conf"
    wait_until "nginx" listening "$ns" "$port"
}

# --- captures ---------------------------------------------------------------

# capture_start NS IF FILE [TCPDUMP-OPTION...]
capture_start() {
    local ns=$1 dev=$2
    capture_file=$work/$3
    shift 3
    : >"$work/tcpdump.log"
    start tcpdump.log ip netns exec "$ns" tcpdump -i "$dev" -n -Z root \
        --immediate-mode -U -w "$capture_file" "$@"
    capture_pid=$started
    wait_until "tcpdump" grep -q 'listening on' "$work/tcpdump.log"
}

# capture_stop: leaves the capture in $capture_file
capture_stop() {
    sleep 0.4
    stop "$capture_pid"
    if ! grep -q '^0 packets dropped by kernel' "$work/tcpdump.log"; then
        echo "$0: tcpdump lost packets" >&2
        exit 1
    fi
}

# publish FILE NAME: move a finished capture to OUT
publish() {
    mkdir -p "$(dirname "$OUT/$2")"
    cp "$1" "$OUT/$2.new"
    chmod 644 "$OUT/$2.new"
    mv "$OUT/$2.new" "$OUT/$2"
    echo "$2: $(tshark -r "$OUT/$2" -T fields -e frame.number 2>/dev/null |
        wc -l) packets, $(wc -c <"$OUT/$2") bytes"
}
