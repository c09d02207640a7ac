#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A package from its installation to its purge, in a bare system without a running systemd:
#
#     install.sh PACKAGE
#
# Prints what each command prints. Ends at the first that isn't as it should be.
set -euo pipefail
package=$1
export DEBIAN_FRONTEND=noninteractive
captures=/espcap/test_pcaps
unknown_to_package=/etc/systemd/system/multi-user.target.wants/espcap@lo.service

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

# shown COMMAND…: prints the command and what it prints
shown() {
    echo "\$ $*"
    timeout 300 "$@" 2>&1
}

# expect TEXT COMMAND…: what it prints has the text
expect() {
    local text=$1 printed
    shift
    echo "\$ $*"
    printed=$(timeout 120 "$@" 2>&1) || fail "$*: ended with $?: $printed"
    head -n 12 <<<"$printed"
    grep -qF -e "$text" <<<"$printed" || fail "$*: doesn't print '$text'"
}

apt() {
    shown apt-get -q -y -o Dpkg::Options::=--force-confold "$@" </dev/null
}

begin() {
    printf '\n== %s\n' "$1"
}

# earlier_package FILE: as the package, but of a lower version, and with another configuration
earlier_package() {
    local folder
    folder=$(mktemp -d)
    dpkg-deb -R "$package" "$folder/root"
    sed -i 's/^Version: .*/Version: 0.0.1-1/' "$folder/root/DEBIAN/control"
    echo '# of the earlier version' >>"$folder/root/etc/espcap/espcap.yml"
    dpkg-deb --root-owner-group -b "$folder/root" "$1" >/dev/null
    rm -r "$folder"
}

installed() {
    begin "installed"
    apt update
    apt install "$package"
    expect 'espcap ' espcap --version
    expect '92 packets captured, 92 written, 0 failed' espcap --file "$captures/dns.pcap" --output /tmp/documents
    [ "$(wc -l </tmp/documents)" = 92 ] || fail "/tmp/documents: hasn't 92 lines"
    head -c 300 /tmp/documents && echo
    expect '92 packets captured, 92 written, 0 failed' espcap --file "$captures/dns.pcap" --columns --output /tmp/columns
    expect lo espcap --list
    # Attributes that only libwireshark's data files know.
    expect diameter.Origin-Host espcap fields diameter.Origin-Host
    expect '#nic:' cat /etc/espcap/espcap.yml
    expect /var/lib/espcap getent passwd espcap
    expect '750 espcap:espcap' stat -c '%a %U:%G' /var/lib/espcap
}

live() {
    begin "live on loopback"
    (for _ in {1..100}; do echo espcap >/dev/udp/127.0.0.1/9 || true && sleep 0.2; done) 2>/dev/null &
    expect '5 packets captured, 5 written, 0 failed' espcap --nic lo --bpf 'udp dst port 9' --count 5 --output /tmp/live
    kill $! 2>/dev/null || true
}

pages() {
    begin "manual pages and completions"
    apt install --no-install-recommends man-db bash-completion zsh fish
    expect 'SEE ALSO' man --warnings -P cat espcap
    expect 'SEE ALSO' man --warnings -P cat espcap.yml
    expect _espcap bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader espcap; complete -p espcap'
    expect --format fish -c 'complete -C "espcap --forma"'
    expect _espcap zsh -fc 'autoload -U compinit && compinit -u -D && print $_comps[espcap]'
}

services() {
    local unit
    begin "services"
    for unit in espcap@lo.service espcap-watch@tmp.service; do
        shown systemd-analyze verify "$unit"
        cp "$(dpkg -L espcap | grep "/${unit%@*}@.service")" "/tmp/$unit"
        shown systemd-analyze security --no-pager --offline=true --threshold=25 "/tmp/$unit" | tail -n 1
    done
}

upgraded() {
    begin "upgraded"
    apt purge espcap
    earlier_package /tmp/earlier.deb
    apt install /tmp/earlier.deb
    echo 'workers: 1' >>/etc/espcap/espcap.yml
    install -d -o espcap -g espcap /var/lib/espcap/nic-lo/spool
    echo packets >/var/lib/espcap/nic-lo/spool/batch
    mkdir -p "$(dirname "$unknown_to_package")"
    ln -s "$(dpkg -L espcap | grep '/espcap@.service')" "$unknown_to_package"
    apt install "$package"
    expect 'workers: 1' tail -n 1 /etc/espcap/espcap.yml
    expect packets cat /var/lib/espcap/nic-lo/spool/batch
    expect '92 packets captured, 92 written, 0 failed' espcap --file "$captures/dns.pcap" --output /tmp/documents
}

removed() {
    begin "removed"
    apt remove espcap
    [ ! -e /usr/bin/espcap ] || fail "/usr/bin/espcap: is still there"
    expect 'workers: 1' tail -n 1 /etc/espcap/espcap.yml
    expect packets cat /var/lib/espcap/nic-lo/spool/batch
    begin "purged"
    apt purge espcap
    ! shown find /etc /usr /var/lib -path /var/lib/dpkg -prune -o -path /var/lib/apt -prune -o -name '*espcap*' -print |
        grep -v '^\$' || fail "something is left"
}

installed
live
pages
services
upgraded
removed
