# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a user and the workstation do all day, for record.sh.
# shellcheck disable=SC2154  # work, password, users: of lib.sh and record.sh

# do_it COMMAND...: at the workstation; a failure is noted, and the day goes on
do_it() {
    local status=0
    timeout 30 ip netns exec "$user" "$@" || status=$?
    if [ "$status" = 0 ]; then
        echo "$user $1" >>"$work/done"
    else
        echo "$user $task: $1: status $status" >>"$work/failures"
    fi
}

# pause: of up to three tenths of a second
pause() {
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
}

# of WORD...: one of them
of() {
    local all=("$@")
    echo "${all[RANDOM % $#]}"
}

browser() {
    do_it curl -q -sS "$(of -4 -4 -6)" --max-time 20 --cacert "$work/cert.pem" -A "$agent" -b "id=$user-$RANDOM" \
        --compressed "$@"
}

# view HOST CURL-OPTION...: a page with all that belongs to it
view() {
    local host=$1
    shift
    browser -K "$work/pages/$host-$((RANDOM % 12)).curl" "$@"
}

# --- tasks --------------------------------------------------------------------

browse_http() {
    local i
    for i in 1 2 3; do
        view "$(of www.example.com intranet.example.test)" -e http://www.example.com/
        pause
    done
    view www.example.com --parallel --parallel-max 4
}

browse_http2() {
    view shop.example.net
    pause
    view shop.example.net --parallel
    browser -o /dev/null -L http://shop.example.net/page1.html
}

browse_tls() {
    view wiki.example.org
    pause
    view news.example.org --http1.1 --tlsv1.3
    view news.example.org --tls-max 1.2
}

browse_again() {
    view www.example.com -H 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'
    view shop.example.net -H 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'
}

use_service() {
    local i
    for i in 1 2 3 4 5; do
        browser -o /dev/null "http://intranet.example.test/service/items?user=$user&page=$i" \
            --next -q -sS -o /dev/null -A "$agent" -H 'Content-Type: application/json' \
            -d "{\"user\": \"$user\", \"step\": $i, \"note\": \"number $RANDOM\"}" \
            http://intranet.example.test/service/items \
            --next -q -sS -o /dev/null -A "$agent" -d "name=$user&value=$RANDOM&send=Send" \
            http://intranet.example.test/service/form
    done
    browser -o /dev/null -u "$user:example" -X DELETE http://intranet.example.test/service/items/4
    browser -o /dev/null -F "upload=@$work/desk/$user/small" http://intranet.example.test/service/upload
}

download() {
    browser -o "$work/desk/$user/got" http://www.example.com/download/archive.bin
    browser -o "$work/desk/$user/got" -r 100000-300000 https://wiki.example.org/download/archive.bin
}

measure_speed() {
    case $((RANDOM % 3)) in
        0) do_it flock "$work/speed" iperf3 -4 -c speed.example.test -n 400K ;;
        1) do_it flock "$work/speed" iperf3 -c speed.example.test -6 -n 400K -R ;;
        2) do_it flock "$work/speed" iperf3 -4 -c speed.example.test -u -b 4M -n 300K -l 1200 ;;
    esac
}

resolve() {
    local i
    {
        for ((i = 0; i < 80; i++)); do
            case $((RANDOM % 12)) in
                0 | 1 | 2 | 3) echo "host$((RANDOM % 60 + 1)).example.$(of com net org) $(of A AAAA)" ;;
                4) echo "alias$((RANDOM % 60 + 1)).example.$(of com net org) $(of A AAAA)" ;;
                5) echo "pc$((RANDOM % 80 + 100)).example.test A" ;;
                6) echo "printer$((RANDOM % 80 + 100)).example.test $(of A HINFO)" ;;
                7) echo "-x 192.0.2.$((RANDOM % 80 + 100))" ;;
                8) echo "example.$(of test com net org) $(of MX TXT SOA NS CAA A)" ;;
                9) echo "missing$RANDOM.example.$(of test com org) $(of A AAAA)" ;;
                10) echo "$(of _ldap _imaps _submission)._tcp.example.test SRV" ;;
                11) echo "+dnssec example.org $(of DNSKEY SOA MX)" ;;
            esac
        done
        echo '+tcp example.com MX'
        echo '+tcp +dnssec example.org DNSKEY'
        echo '-x 2001:db8:1::25'
        echo 'unserved.example.invalid A'
        [ $((RANDOM % 6)) != 0 ] || echo 'example.test AXFR'
    } >"$work/desk/$user/questions"
    do_it dig +tries=2 +timeout=5 "$(of @192.0.2.53 @192.0.2.53 @2001:db8:1::53)" \
        -f "$work/desk/$user/questions"
}

files_smb() {
    local a=$((RANDOM % 40)) b=$((RANDOM % 40)) dialect
    case $((RANDOM % 4)) in
        0) dialect=(-m SMB2) ;;
        1) dialect=(-m SMB3 --client-protection=encrypt) ;;
        *) dialect=(-m SMB3) ;;
    esac
    do_it smbclient -s "$work/samba-client.conf" //files.example.test/share -U "$user%$password" \
        "${dialect[@]}" -c "
            ls; cd folder$((a % 8)); ls; get \"document $a.bin\" \"$work/desk/$user/got\";
            cd ..; cd folder$((b % 8)); ls; allinfo \"document $b.bin\";
            get \"document $b.bin\" \"$work/desk/$user/got\";
            put $work/desk/$user/small \"of $user.txt\"; rename \"of $user.txt\" \"by $user.txt\";
            ls; rm \"by $user.txt\"; mkdir \"new $user\"; rmdir \"new $user\"; volume; quit"
    do_it smbclient -s "$work/samba-client.conf" -L files.example.test -U "$user%$password"
    do_it nmblookup -s "$work/samba-client.conf" FILES
    do_it nmblookup -s "$work/samba-client.conf" -A 192.0.2.20
}

# type_in LINE...: as on a keyboard
type_in() {
    local line i
    sleep 0.3
    for line; do
        for ((i = 0; i < ${#line}; i++)); do
            printf '%s' "${line:i:1}"
            sleep 0.02
        done
        printf '\n'
        sleep 0.1
    done
}

ssh_options() {
    options=(-F none -q -o BatchMode=yes -o "UserKnownHostsFile=$work/known_hosts"
        -o "IdentityFile=$work/ssh_user" -o IdentitiesOnly=yes -o CheckHostIP=no)
}

shell_ssh() {
    local options
    ssh_options
    do_it ssh "${options[@]}" "$user@files.example.test" "ls -l $work/share/*; df; uname -s"
    type_in 'cd /usr/share' 'ls -l | head -n 30' 'date' 'echo done' 'exit' |
        do_it ssh -tt "${options[@]}" "$user@files.example.test"
}

copy_ssh() {
    local options
    ssh_options
    do_it scp "${options[@]}" "$work/desk/$user/large" "$user@files.example.test:large"
    printf 'ls -l\nget large %s\nput %s small\nrm small\n' \
        "$work/desk/$user/got" "$work/desk/$user/small" |
        do_it sftp -b - "${options[@]}" "$user@files.example.test"
}

files_ftp() {
    local server
    server=ftp://$user:$password@files.example.test
    do_it curl -q -sS -T "$work/desk/$user/large" "$server/report.bin" \
        -o /dev/null "$server/" --next -q -sS -Q "-DELE report.bin" \
        -o "$work/desk/$user/got" "$server/report.bin"
    do_it curl -q -sS -4 --disable-epsv -o /dev/null "$server/Maildir/"
    do_it curl -q -sS -o /dev/null -l "$server/Maildir/new/"
}

mail_send() {
    local to i
    for i in 1 2; do
        to=$(of "${users[@]}")@example.test
        {
            printf 'From: %s <%s@example.test>\nTo: <%s>\n' "$user" "$user" "$to"
            printf 'Subject: Note %s\nDate: Mon, 01 Jan 2024 10:00:00 +0000\n' "$RANDOM"
            printf 'Message-ID: <%s.%s@%s.example.test>\n\n' "$RANDOM" "$RANDOM" "$user"
            printf 'A line of a letter that says the same again and again.\n%.0s' {1..40}
        } >"$work/desk/$user/letter"
        do_it curl -q -sS "smtp://mail.example.test/$user.example.test" "$(of -4 -6)" \
            --mail-from "$user@example.test" --mail-rcpt "$to" --crlf -T "$work/desk/$user/letter"
    done
    do_it curl -q -sS "smtp://mail.example.test/$user.example.test" --ssl-reqd \
        --cacert "$work/cert.pem" --mail-from "$user@example.test" \
        --mail-rcpt "$(of "${users[@]}")@example.test" --mail-rcpt "$user@example.test" \
        -H 'Subject: With a file' -H "From: $user@example.test" \
        -F '=See the file.;type=text/plain' -F "file=@$work/desk/$user/small;encoder=base64"
    do_it curl -q -sS "smtp://mail.example.test/$user.example.test" \
        --mail-from "$user@example.test" --mail-rcpt "$(of "${users[@]}")@example.test" \
        -H 'Subject: A picture' -H "From: $user@example.test" \
        -F '=See the picture.;type=text/plain' \
        -F "file=@$work/site/www.example.com/favicon.ico;type=image/png;encoder=base64"
}

mail_read() {
    local scheme
    for scheme in imap imap imaps; do
        do_it curl -q -sS --cacert "$work/cert.pem" -u "$user:$password" \
            -o /dev/null "$scheme://mail.example.test/" -X 'LIST "" "*"' --next \
            -q -sS --cacert "$work/cert.pem" -u "$user:$password" \
            -o /dev/null "$scheme://mail.example.test/INBOX" -X 'FETCH 1:* (FLAGS ENVELOPE)' --next \
            -q -sS --cacert "$work/cert.pem" -u "$user:$password" \
            -o /dev/null "$scheme://mail.example.test/INBOX" -X 'FETCH * (BODY.PEEK[])' --next \
            -q -sS --cacert "$work/cert.pem" -u "$user:$password" \
            -o /dev/null "$scheme://mail.example.test/INBOX" -X 'STORE 1 +FLAGS (\Seen)' --next \
            -q -sS --cacert "$work/cert.pem" -u "$user:$password" \
            -o /dev/null "$scheme://mail.example.test/INBOX?SUBJECT%20note"
    done
}

look_around() {
    do_it ping -q -c 5 -i 0.2 gw.example.test
    do_it ping -q -4 -c 3 -i 0.2 -s "$(of 56 500 1400 4000)" www.example.com
    do_it ping -q -6 -c 3 -i 0.2 mail.example.test
    do_it arping -q -c 2 -I eth0 "192.0.2.$(of 1 20 25 53)"
    # Nobody there; nobody listening; too many hops.
    do_it sh -c "
        ping -q -c 2 -i 0.2 -W 1 192.0.2.$((RANDOM % 40 + 200))
        curl -q -sS http://files.example.test:8080/
        dig +tries=1 +timeout=1 @192.0.2.20 example.test
        ping -q -c 2 -i 0.2 -W 1 -t 1 198.51.100.80
        ip neigh flush all; true"
}

manage() {
    local i
    do_it snmpwalk -v2c -c office -Oqn "$(of mail.example.test 'udp6:[2001:db8:1::25]')" \
        "$(of .1.3.6.1.2.1.1 .1.3.6.1.2.1.2 .1.3.6.1.2.1.31)"
    do_it snmpbulkwalk -v2c -c office -Oqn mail.example.test .1.3.6.1.2.1
    do_it snmpget -v1 -c office -Oqn mail.example.test .1.3.6.1.2.1.1.3.0 .1.3.6.1.2.1.1.5.0
    for i in 1 2 3 4 5 6 7 8; do
        do_it logger -n mail.example.test -P 514 -d "$(of --rfc3164 --rfc5424=notq)" \
            -p "$(of user.info daemon.warning auth.notice)" -t "$(of app cron session)" \
            "message $i of $user: number $RANDOM"
    done
}

lease_renew() {
    local pid
    pid=$(cat "$work/desk/$user/udhcpc.pid")
    if [ $((RANDOM % 2)) = 0 ]; then
        kill -USR1 "$pid"               # renew
    else
        rm -f "$work/desk/$user/bound"
        kill -USR2 "$pid"               # release, then ask anew
        sleep 0.2
        kill -USR1 "$pid"
        wait_until "a DHCP lease of $user" test -e "$work/desk/$user/bound" ||
            echo "$user $task: no lease" >>"$work/failures"
    fi
    sleep 0.2
}

# --- the workstation ------------------------------------------------------------

switch_on() {
    head -c 2000 /dev/urandom | base64 >"$work/desk/$user/small"
    head -c 150000 /dev/urandom >"$work/desk/$user/large"
    cat >"$work/desk/$user/lease.sh" <<END
#!/bin/sh
case \$1 in
    deconfig) ip -4 addr flush dev "\$interface" ;;
    bound | renew)
        ip addr replace "\$ip/\$mask" dev "\$interface"
        ip route replace default via "\$router"
        : >"$work/desk/$user/bound" ;;
esac
END
    chmod +x "$work/desk/$user/lease.sh"
    in_ns "$user" ip link set eth0 up
    ip netns exec "$user" udhcpc -f -i eth0 -t 10 -T 1 -s "$work/desk/$user/lease.sh" \
        -x "hostname:$user" -V example -p "$work/desk/$user/udhcpc.pid" \
        >"$work/desk/$user/udhcpc.log" 2>&1 &
    at_home+=("$!")
    wait_until "a DHCP lease of $user" test -e "$work/desk/$user/bound"
    wait_until "an IPv6 route of $user" sh -c \
        "ip netns exec $user ip -6 route show default | grep -q via"
    wait_until "an IPv6 address of $user" sh -c \
        "ip netns exec $user ip -6 addr show scope global -tentative | grep -q inet6"
    printf 'server 192.0.2.1 iburst minpoll 2 maxpoll 3\ncmdport 0\nbindcmdaddress /\npidfile %s\n' \
        "/run/chronyd-$user.pid" >"$work/desk/$user/chrony.conf"
    ip netns exec "$user" chronyd -x -d -u root -f "$work/desk/$user/chrony.conf" \
        >"$work/desk/$user/chronyd.log" 2>&1 &
    at_home+=("$!")
}

# tasks: those of one round, by the mix; more often is more of the traffic
tasks() {
    local often=() all=(browse_http browse_http browse_http2 browse_http2 browse_tls browse_again
        use_service download measure_speed resolve resolve files_smb files_smb shell_ssh copy_ssh
        files_ftp mail_send mail_read look_around manage manage lease_renew)
    case $mix in
        web) often=(browse_http browse_http2 browse_tls browse_again use_service) ;;
        dns) often=(resolve resolve resolve resolve resolve) ;;
        files) often=(files_smb copy_ssh files_ftp download measure_speed) ;;
    esac
    printf '%s\n' "${all[@]}" "${often[@]}" "${often[@]}" "${often[@]}" "${often[@]}"
}

# workday USER NUMBER: until the file "evening" is there, each task in turn, each
# time in another order
workday() {
    local user=$1 task agent round at_home=()
    RANDOM=$(($2 + 1))
    agent=$(of 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0' 'Mozilla/5.0 (Macintosh) Example/2.3' \
        'Mozilla/5.0 (Windows NT 10.0) Example/1.9')
    switch_on
    task=mail_send
    mail_send           # one to the user too: no mailbox is empty
    while true; do
        mapfile -t round < <(tasks | while read -r task; do echo "$RANDOM $task"; done |
            sort -n | cut -d' ' -f2)
        for task in "${round[@]}"; do
            if [ -e "$work/evening" ]; then
                kill "${at_home[@]}"
                return
            fi
            "$task"
        done
    done
}
