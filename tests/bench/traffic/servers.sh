# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The office's accounts and servers, for record.sh; nothing outlives the recording.
# shellcheck disable=SC2154  # work, users: of lib.sh and record.sh

# start_server LOG COMMAND...: in a session of its own, as some servers end by
# signalling their whole process group
start_server() {
    local log=$1
    shift
    start "$log" setsid "$@"
}

# accounts: the users in addition to those of the machine, in the private name space only
accounts() {
    local user uid=20001 hash file
    password=$(openssl rand -hex 6)
    hash=$(openssl passwd -6 "$password")
    chmod 755 "$work"
    for file in passwd group shadow; do
        cp "/etc/$file" "$work/$file"
    done
    for user in "${users[@]}"; do
        echo "$user:x:$uid:20000:$user:$work/home/$user:/bin/sh" >>"$work/passwd"
        echo "$user:$hash:19000:0:99999:7:::" >>"$work/shadow"
        mkdir -p "$work/home/$user/Maildir" "$work/desk/$user"
        chown -R "$uid:20000" "$work/home/$user"
        uid=$((uid + 1))
    done
    echo 'office:x:20000:' >>"$work/group"
    chmod 640 "$work/shadow"
    mount -t tmpfs -o mode=755 tmpfs /var/log       # logins are logged there
    mkdir /var/log/samba
    for file in passwd group shadow; do
        mount --bind "$work/$file" "/etc/$file"
    done
}

certificate() {
    local names="DNS:*.example.test,DNS:*.example.com,DNS:*.example.net,DNS:*.example.org"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -keyout "$work/key.pem" -out "$work/cert.pem" -days 30 \
        -subj '/O=Example/CN=office.example.test' -addext "subjectAltName=$names" 2>"$work/openssl.log"
    chmod 644 "$work/key.pem"
}

world_start() {
    local tls types
    mkdir -p "$work/site"
    python3 "$here/site.py" "$work/site" "$work/pages"
    cat >"$work/types" <<'END'
types { text/html html; text/css css; text/javascript js; application/json json;
        image/png png; image/svg+xml svg; image/x-icon ico; application/octet-stream bin; }
gzip_types text/css text/javascript application/json image/svg+xml;
location /service/ {
    add_header Content-Type application/json;
    return 200 '{"status": "ok", "id": "$request_id", "method": "$request_method"}\n';
}
END
    types="include $work/types; root $work/site/\$host;"
    tls="ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;"
    nginx_start world 80 \
        "server { listen 198.51.100.80:80; listen [2001:db8:2::80]:80; $types }" \
        "server { listen 198.51.100.81:80; listen [2001:db8:2::81]:80;
            return 301 https://\$host\$request_uri; }" \
        "server { listen 198.51.100.81:443 ssl http2; listen [2001:db8:2::81]:443 ssl http2;
            ssl_protocols TLSv1.3; $tls $types }" \
        "server { listen 198.51.100.82:443 ssl; listen [2001:db8:2::82]:443 ssl;
            ssl_protocols TLSv1.2; $tls $types }" \
        "server { listen 198.51.100.83:443 ssl; listen [2001:db8:2::83]:443 ssl;
            ssl_protocols TLSv1.2 TLSv1.3; $tls $types }"
    # Bound, so that UDP is answered from the address that was asked
    start_server iperf3.log ip netns exec world iperf3 --server -B 198.51.100.80
    wait_until "iperf3" listening world 5201
    start_server iperf3-6.log ip netns exec world iperf3 --server -B 2001:db8:2::80
}

names_start() {
    local i zone dir=$work/names
    mkdir "$dir"
    cat >"$dir/named.conf" <<END
options {
    directory "$dir"; pid-file none; session-keyfile none; lock-file none;
    version "none"; hostname none; server-id none;
    recursion no; notify no; empty-zones-enable no; dnssec-validation no;
    allow-transfer { any; }; minimal-responses no-auth-recursive;
};
controls { };
zone "example.test" { type primary; file "example.test"; };
zone "example.com" { type primary; file "example.com"; };
zone "example.net" { type primary; file "example.net"; };
zone "example.org" { type primary; file "example.org"; dnssec-policy default;
                     inline-signing yes; };
zone "2.0.192.in-addr.arpa" { type primary; file "reverse"; };
zone "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa" { type primary; file "reverse6"; };
END
    for zone in example.test example.com example.net example.org reverse reverse6; do
        cat >"$dir/$zone" <<'END'
$TTL 600
@ IN SOA ns.example.test. hostmaster.example.test. ( 2024010101 7200 900 604800 60 )
  IN NS ns.example.test.
END
    done
    for zone in com net org; do
        cat >>"$dir/example.$zone" <<'END'
  IN A 198.51.100.80
  IN MX 10 mail
  IN TXT "v=spf1 mx -all"
mail IN A 198.51.100.25
END
        for i in {1..60}; do
            echo "host$i IN A 203.0.113.$i"
            echo "host$i IN AAAA 2001:db8:3::$i"
            echo "alias$i IN CNAME host$i"
        done >>"$dir/example.$zone"
    done
    {
        printf 'www IN A 198.51.100.80\nwww IN AAAA 2001:db8:2::80\n'
        printf 'static IN CNAME www\n'
    } >>"$dir/example.com"
    printf 'shop IN A 198.51.100.81\nshop IN AAAA 2001:db8:2::81\n' >>"$dir/example.net"
    {
        printf 'wiki IN A 198.51.100.82\nwiki IN AAAA 2001:db8:2::82\n'
        printf 'news IN A 198.51.100.83\nnews IN AAAA 2001:db8:2::83\n'
    } >>"$dir/example.org"
    {
        cat <<'END'
  IN MX 10 mail
  IN MX 20 mail.example.com.
  IN TXT "v=spf1 mx -all"
  IN CAA 0 issue "ca.example.test"
gw IN A 192.0.2.1
gw IN AAAA 2001:db8:1::1
ns IN A 192.0.2.53
ns IN AAAA 2001:db8:1::53
files IN A 192.0.2.20
mail IN A 192.0.2.25
mail IN AAAA 2001:db8:1::25
intranet IN A 198.51.100.80
intranet IN AAAA 2001:db8:2::80
speed IN A 198.51.100.80
speed IN AAAA 2001:db8:2::80
_ldap._tcp IN SRV 0 100 389 files
_imaps._tcp IN SRV 0 1 993 mail
_submission._tcp IN SRV 0 1 25 mail
_kerberos IN TXT "EXAMPLE.TEST"
END
        for i in {100..180}; do
            echo "pc$i IN A 192.0.2.$i"
            echo "printer$i IN A 192.0.2.$i"
            echo "printer$i IN HINFO \"laser\" \"none\""
        done
    } >>"$dir/example.test"
    {
        printf '1 IN PTR gw.example.test.\n20 IN PTR files.example.test.\n'
        printf '25 IN PTR mail.example.test.\n53 IN PTR ns.example.test.\n'
        for i in {100..180}; do
            echo "$i IN PTR pc$i.example.test."
        done
    } >>"$dir/reverse"
    start_server named.log ip netns exec ns named -g -n 1 -c "$dir/named.conf"
    wait_until "named's zones" grep -q 'all zones loaded' "$work/named.log"
}

gateway_start() {
    start_server dnsmasq.log ip netns exec gw dnsmasq --keep-in-foreground \
        --conf-file=/dev/null --log-facility=- --user=root --pid-file= --port=0 \
        --interface=eth0 --bind-interfaces --no-ping --domain=example.test \
        --dhcp-range=192.0.2.100,192.0.2.180,1h --dhcp-authoritative \
        --dhcp-option=option:dns-server,192.0.2.53 --dhcp-option=option:ntp-server,192.0.2.1 \
        --dhcp-leasefile="$work/leases" --enable-ra \
        --dhcp-range=2001:db8:1::,ra-only,64,1h
    wait_until "dnsmasq" grep -q 'router advertisement on' "$work/dnsmasq.log"
    # -x: the clock stays as it is
    printf 'local stratum 8\nallow\ncmdport 0\npidfile /run/chronyd-gw.pid\nbindcmdaddress /\n' \
        >"$work/chrony-gw.conf"
    start_server chronyd-gw.log ip netns exec gw chronyd -x -d -u root -f "$work/chrony-gw.conf"
}

files_start() {
    local user dir=$work/samba
    mkdir -p "$dir"/{private,lock,state,cache,pid,rpc,log} "$work/share" /run/{sshd,vsftpd,samba}
    cat >"$dir/smb.conf" <<END
[global]
    workgroup = OFFICE
    netbios name = FILES
    server string = Example file server
    server role = standalone server
    interfaces = eth0
    bind interfaces only = yes
    private dir = $dir/private
    lock directory = $dir/lock
    state directory = $dir/state
    cache directory = $dir/cache
    pid directory = $dir/pid
    ncalrpc dir = $dir/rpc
    log file = $dir/log/log.%m
    passdb backend = tdbsam
    load printers = no
    printing = bsd
    printcap name = /dev/null
    disable spoolss = yes
    server min protocol = SMB2
    local master = yes
    preferred master = yes
    os level = 65
[share]
    path = $work/share
    read only = no
    force create mode = 0666
[homes]
    read only = no
END
    printf '[global]\n    workgroup = OFFICE\n    client min protocol = SMB2\n' \
        >"$work/samba-client.conf"
    for user in lock state cache private; do
        mkdir -p "$work/samba-client/$user"
    done
    cat >>"$work/samba-client.conf" <<END
    private dir = $work/samba-client/private
    lock directory = $work/samba-client/lock
    state directory = $work/samba-client/state
    cache directory = $work/samba-client/cache
END
    chmod 777 "$work/share"
    python3 - "$work/share" <<'END'
import pathlib, random, sys
rng = random.Random(1)
for number in range(40):
    path = pathlib.Path(sys.argv[1], f"folder{number % 8}", f"document {number}.bin")
    path.parent.mkdir(exist_ok=True)
    path.parent.chmod(0o777)
    path.write_bytes(rng.randbytes(int(rng.lognormvariate(10, 1))))
END
    for user in "${users[@]}"; do
        printf '%s\n%s\n' "$password" "$password" |
            smbpasswd -c "$dir/smb.conf" -a -s "$user" >>"$work/smbpasswd.log" 2>&1
    done
    start_server smbd.log ip netns exec files smbd -F --no-process-group -s "$dir/smb.conf"
    start_server nmbd.log ip netns exec files nmbd -F --no-process-group -s "$dir/smb.conf"
    wait_until "smbd" listening files 445
    wait_until "nmbd" sh -c 'ip netns exec files ss -Hlun "sport = :137" | grep -q .'

    ssh-keygen -q -t ed25519 -N '' -C host -f "$work/ssh_host"
    ssh-keygen -q -t ed25519 -N '' -C user -f "$work/ssh_user"
    echo "files.example.test $(cut -d' ' -f1,2 "$work/ssh_host.pub")" >"$work/known_hosts"
    cat >"$work/sshd_config" <<END
HostKey $work/ssh_host
AuthorizedKeysFile $work/ssh_user.pub
PidFile none
StrictModes no
UsePAM no
UseDNS yes
PrintMotd no
PrintLastLog no
Subsystem sftp internal-sftp
END
    start_server sshd.log ip netns exec files "$(command -v sshd)" -D -e -f "$work/sshd_config"
    wait_until "sshd" listening files 22

    cat >"$work/vsftpd.conf" <<END
listen=NO
listen_ipv6=YES
background=NO
anonymous_enable=NO
local_enable=YES
write_enable=YES
isolate=NO
isolate_network=NO
seccomp_sandbox=NO
secure_chroot_dir=/run/vsftpd
pam_service_name=login
use_localtime=NO
ftpd_banner=Example file server
xferlog_enable=NO
END
    # What vsftpd asks: the users' passwords, and nothing else
    mkdir "$work/pam.d"
    printf 'auth required pam_unix.so\naccount required pam_unix.so\n' >"$work/pam.d/login"
    mount --bind "$work/pam.d" /etc/pam.d
    start_server vsftpd.log ip netns exec files vsftpd "$work/vsftpd.conf"
    wait_until "vsftpd" listening files 21
}

mail_start() {
    mount -t tmpfs -o mode=755 tmpfs /etc/exim4
    mkdir "$work/exim" && chown Debian-exim: "$work/exim"
    cat >/etc/exim4/exim4.conf <<END
primary_hostname = mail.example.test
spool_directory = $work/exim
log_file_path = $work/exim/%slog
pid_file_path = /run/exim.pid
domainlist local_domains = example.test
daemon_smtp_ports = 25
host_lookup = *
rfc1413_query_timeout = 0s
smtp_accept_max = 60
queue_run_in_order = false
tls_advertise_hosts = *
tls_certificate = $work/cert.pem
tls_privatekey = $work/key.pem
keep_environment =
acl_smtp_rcpt = office
acl_smtp_data = office
begin acl
office:
  accept
begin routers
local:
  driver = accept
  domains = +local_domains
  check_local_user
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = \$home/Maildir
  maildir_format
END
    start_server exim.log ip netns exec mail exim4 -bdf
    wait_until "exim" listening mail 25

    cat >"$work/dovecot.conf" <<END
protocols = imap
base_dir = /run/dovecot
state_dir = /run/dovecot-state
log_path = /dev/stderr
listen = *, ::
mail_location = maildir:~/Maildir
first_valid_uid = 20000
disable_plaintext_auth = no
ssl = yes
ssl_cert = <$work/cert.pem
ssl_key = <$work/key.pem
passdb {
  driver = static
  args = password=$password
}
userdb {
  driver = passwd
}
END
    mkdir /run/dovecot-state
    start_server dovecot.log ip netns exec mail dovecot -F -c "$work/dovecot.conf"
    wait_until "dovecot" listening mail 993

    cat >"$work/snmpd.conf" <<'END'
agentaddress udp:161,udp6:161
view office included .1.3.6.1.2.1.1
view office included .1.3.6.1.2.1.2
view office included .1.3.6.1.2.1.4
view office included .1.3.6.1.2.1.6
view office included .1.3.6.1.2.1.7
view office included .1.3.6.1.2.1.31
rocommunity office default -V office
rocommunity6 office default -V office
sysDescr Example server
sysName mail.example.test
sysLocation office
sysContact admin@example.test
END
    start_server snmpd.log env SNMP_PERSISTENT_DIR="$work/snmp" MIBS= ip netns exec mail \
        snmpd -f -Lo -C -c "$work/snmpd.conf" -p /run/snmpd.pid
    start_server syslog.log ip netns exec mail python3 \
        "$here/../../../test_pcaps/record/udp_sink.py" 514
}

servers_start() {
    names_start
    gateway_start
    world_start
    files_start
    mail_start
}
