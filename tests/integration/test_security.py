# SPDX-License-Identifier: GPL-2.0-or-later
"""Through nginx with TLS and passwords to a real Elasticsearch: the right ones get in, the wrong ones
stop and say what to do, and no secret is ever seen."""
import base64
import contextlib
import json
import os
import pathlib
import re
import subprocess

import certificates
import pytest
from certificates import fingerprint
from connect_proxy import ConnectProxy
from nginx import Nginx, tls
from ports import free_ports, is_listened_at
from processes import process
from project import HAS_ASAN, TEST_PCAPS
from waiting import wait_until

DNS = TEST_PCAPS / "dns.pcap"
PACKETS = 92
DNS_NAME = "www.example.test"  # in it
PASSWORD = "pa55:w/rd@%21"
URL_PASSWORD = "pa55%3Aw%2Frd%40%2521"
API_KEY = "VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw"
TOKEN = "AAEAAWVsYXN0aWMvZXNwY2FwL3Rva2Vu"
ENCODED_KEY = base64.b64encode(API_KEY.encode()).decode()
# In every form that a secret has on its way.
SECRETS = [PASSWORD, URL_PASSWORD, API_KEY, API_KEY.partition(":")[2], ENCODED_KEY, TOKEN,
           base64.b64encode(f"elastic:{PASSWORD}".encode()).decode()]
WHO = f"""map_hash_bucket_size 256;
    map $http_authorization $who {{
        default "";
        "ApiKey {ENCODED_KEY}" key;
        "Bearer {TOKEN}" bearer;
    }}"""


class Lab:
    """Certificates, and nginx with a server for each case."""

    def __init__(self, folder):
        own, other, clients = (certificates.Authority(folder, name)
                               for name in ("lab-ca", "other-ca", "client-ca"))
        here = ("DNS:localhost", "IP:127.0.0.1")
        self.own, self.other = own, other
        self.good = own.issue("good", *here)
        self.me = clients.issue("me")
        self.stranger = other.issue("stranger")
        self.selfsigned = certificates.self_signed(folder, "selfsigned", *here)
        self.expired = own.issue("expired", *here, start=-9, end=-2)
        self.elsewhere = own.issue("elsewhere", "DNS:db.example", "DNS:*.lab.example",
                                   "IP:192.0.2.7")
        servers = {
            "good": tls(self.good),
            "expired": tls(self.expired),
            "early": tls(own.issue("early", *here, start=5, end=9)),
            "elsewhere": tls(self.elsewhere),
            "nameonly": tls(own.issue("nameonly", "DNS:localhost")),
            "selfsigned": tls(self.selfsigned),
            "basic": tls(self.good) +
                     f"auth_basic lab; auth_basic_user_file {folder}/htpasswd;",
            "plainbasic": f"auth_basic lab; auth_basic_user_file {folder}/htpasswd;",
            "token": tls(self.good) + 'if ($who = "") { return 401; }',
            "client": tls(self.good) +
                      f"ssl_verify_client on; ssl_client_certificate {clients.certificate};",
        }
        # With the CA behind its own certificate, as Elasticsearch sends it.
        for name, pair, sent in (("chain", self.good, own), ("elsewherechain", self.elsewhere, own),
                                 ("expiredchain", self.expired, own),
                                 ("forged", other.issue("forged", *here), own)):
            path = folder / f"{name}.chain"
            path.write_bytes(pair.certificate.read_bytes() + sent.certificate.read_bytes())
            servers[name] = tls(certificates.Pair(path, pair.key))
        hashed = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=PASSWORD, text=True,
                                check=True, stdout=subprocess.PIPE).stdout.strip()
        (folder / "htpasswd").write_text(f"elastic:{hashed}\n", encoding="ascii")
        (folder / "htpasswd").chmod(0o644)
        self.servers = servers
        self.clients = clients
        self.nginx = None

    def url(self, name, host="localhost", scheme="https", credentials=""):
        return f"{scheme}://{credentials}{host}:{self.nginx.ports[name]}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory, elasticsearch_node):
    made = Lab(tmp_path_factory.mktemp("lab"))
    with Nginx(tmp_path_factory.mktemp("nginx"), elasticsearch_node.url, made.servers,
               common=WHO) as made.nginx:
        yield made


def assert_no_secret(text):
    for secret in SECRETS:
        assert secret not in text


def documents_taken(run):
    """By the server, according to the summary."""
    return sum(int(number) for number, _ in
               re.findall(r"(\d+) (indexed|already there)", run.err))


@pytest.fixture
def delivers(elasticsearch, espcap, environment):
    """delivers(*arguments, KEY=value…): everything is there then; returns standard error."""

    def check(*arguments, **variables):
        run = espcap("--file", DNS, "--verbose", "--index", elasticsearch.index, *arguments,
                     env={**environment, **variables})
        assert run.code == 0, run
        assert documents_taken(run) == PACKETS
        assert elasticsearch.count(elasticsearch.indices) == PACKETS
        assert_no_secret(run.err + run.out.decode())
        return run.err

    return check


@pytest.fixture
def stops(espcap, environment):
    """stops([what the message says], *arguments, KEY=value…): exit 1, nothing is sent."""

    def check(says, *arguments, **variables):
        run = espcap("--file", DNS, "--verbose", *arguments, env={**environment, **variables})
        assert run.code == 1, run
        for part in says:
            assert part in run.err
        assert documents_taken(run) == 0
        assert_no_secret(run.err + run.out.decode())
        return run.err

    return check


# Which server it is

def test_a_ca_file(lab, delivers, stops):
    for host in ("localhost", "127.0.0.1"):
        delivers("--node", lab.url("good", host), "--ca-file", lab.own.certificate)
    stops(["'CN = good'", "'CN = lab-ca'", "--ca-file", "--fingerprint"], "--node", lab.url("good"))
    stops([f"--ca-file {lab.other.certificate} has not signed"], "--node", lab.url("good"),
          "--ca-file", lab.other.certificate)


def test_a_ca_file_of_several(lab, delivers, tmp_path):
    both = tmp_path / "both.pem"
    both.write_bytes(lab.other.certificate.read_bytes() + lab.own.certificate.read_bytes())
    delivers("--node", lab.url("good"), "--ca-file", both)


def test_dates(lab, stops):
    for pin in ((), ("--fingerprint", fingerprint(lab.expired.certificate))):
        error = stops(["'CN = expired' has expired"], "--node", lab.url("expired"),
                      *(pin or ("--ca-file", lab.own.certificate)))
        assert re.search(r"good until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", error)
    error = stops(["'CN = early' is not good yet", "clock"], "--node", lab.url("early"),
                  "--ca-file", lab.own.certificate)
    assert re.search(r"begins on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", error)


def test_names(lab, stops):
    for host in ("localhost", "127.0.0.1"):
        stops([f"is for db.example, *.lab.example, 192.0.2.7, not for {host}", "--node"],
              "--node", lab.url("elsewhere", host), "--ca-file", lab.own.certificate)
    stops(["is for localhost, not for 127.0.0.1"], "--node", lab.url("nameonly", "127.0.0.1"),
          "--ca-file", lab.own.certificate)


def test_a_self_signed_certificate(lab, delivers, stops):
    stops(["signed by 'CN = selfsigned'", "--fingerprint"], "--node", lab.url("selfsigned"))
    delivers("--node", lab.url("selfsigned"), "--ca-file", lab.selfsigned.certificate)
    delivers("--node", lab.url("selfsigned"), "--fingerprint",
             fingerprint(lab.selfsigned.certificate))
    error = delivers("--node", lab.url("selfsigned"), "--insecure")
    assert "warning: --insecure: the server's certificate is not checked" in error


def test_insecure_takes_any(lab, delivers):
    for name in ("good", "expired", "elsewhere"):
        delivers("--node", lab.url(name), "--insecure")


def test_a_pinned_certificate_of_the_server(lab, delivers):
    """Its name doesn't count then, nor who signed it."""
    plain = fingerprint(lab.good.certificate)
    colons = ":".join(plain[i:i + 2] for i in range(0, len(plain), 2)).upper()
    for pin in (plain, colons):
        delivers("--node", lab.url("good"), "--fingerprint", pin)
    delivers("--node", lab.url("chain"), "--fingerprint", plain)
    delivers("--node", lab.url("elsewhere"), "--fingerprint",
             fingerprint(lab.elsewhere.certificate))


def test_a_pinned_ca(lab, delivers, stops):
    pin = ("--fingerprint", fingerprint(lab.own.certificate))
    for host in ("localhost", "127.0.0.1"):
        delivers("--node", lab.url("chain", host), *pin)
    for host in ("localhost", "127.0.0.1"):
        stops([f"is for db.example, *.lab.example, 192.0.2.7, not for {host}"], "--node",
              lab.url("elsewherechain", host), *pin)
    stops(["'CN = expired' has expired"], "--node", lab.url("expiredchain"), *pin)


def test_a_pin_of_another_certificate(lab, stops):
    sent = [fingerprint(pair.certificate).upper() for pair in (lab.good, lab.own)]
    shown = [":".join(pin[i:i + 2] for i in range(0, 64, 2)) for pin in sent]
    stops(["--fingerprint", ", ".join(shown)], "--node", lab.url("chain"), "--fingerprint",
          fingerprint(lab.other.certificate))
    stops(["no certificate that the server sent"], "--node", lab.url("good"), "--fingerprint",
          fingerprint(lab.own.certificate))  # it is the right CA, but isn't sent


def test_a_pinned_ca_that_has_not_signed(lab, stops):
    """A server that only shows the pinned certificate, which is public, isn't its owner."""
    stops(["'CN = forged'", "signed by 'CN = other-ca'"], "--node", lab.url("forged"),
          "--fingerprint", fingerprint(lab.own.certificate))


def test_the_other_protocol(lab, elasticsearch, stops):
    stops(["https://"], "--node", lab.url("good", scheme="http"))
    stops(["without TLS", "http://"], "--node", elasticsearch.url.replace("http:", "https:"))


# Who we are

def test_basic_authentication(lab, delivers, stops, tmp_path):
    ca = ("--ca-file", lab.own.certificate)
    node = ("--node", lab.url("basic"))
    user = (*node, *ca, "--user", "elastic")
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n", encoding="ascii")
    file.chmod(0o600)
    deprecated = "credentials in a URL are deprecated; use --user with --password-file"
    assert deprecated not in delivers(*user, "--password-file", file)
    delivers(*user, ESPCAP_PASSWORD=PASSWORD)
    said = delivers(*ca, "--node", lab.url("basic", credentials=f"elastic:{URL_PASSWORD}@"))
    assert said.count(deprecated) == 1
    delivers(*ca, "--node", lab.url("basic", credentials="elastic@"), ESPCAP_PASSWORD=PASSWORD)
    systemd = tmp_path / "credentials"
    systemd.mkdir()
    (systemd / "espcap.password").write_text(PASSWORD, encoding="ascii")
    (systemd / "espcap.password").chmod(0o440)
    delivers(*user, CREDENTIALS_DIRECTORY=str(systemd))
    # The file is nearer than the environment.
    delivers(*user, "--password-file", file, ESPCAP_PASSWORD="wr0ng")

    error = stops(["the server wants other credentials", "--user"], *user, ESPCAP_PASSWORD="wr0ng")
    assert "wr0ng" not in error
    stops(["the server wants other credentials", "--user"], *node, *ca)
    stops(["password is missing", "--password-file", "ESPCAP_PASSWORD"], *user)
    stops(["--user"], *node, *ca, ESPCAP_PASSWORD=PASSWORD)
    file.chmod(0o644)
    stops([f"chmod 600 {file}"], *user, "--password-file", file)


def test_a_configuration_file(lab, delivers, stops, tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD, encoding="ascii")
    file.chmod(0o600)
    config = tmp_path / "espcap.yml"
    config.write_text(f"node: {lab.url('basic')}\nca-file: {lab.own.certificate}\nuser: elastic\n"
                      f"password-file: {file}\n", encoding="ascii")
    delivers("--config", config)
    url = lab.url("basic", credentials=f"elastic:{URL_PASSWORD}@")
    config.write_text(f"quiet: true\nnode: {url}\n", encoding="ascii")
    stops([f"{config}:2: 'node' holds credentials", "ESPCAP_PASSWORD"], "--config", config)


def test_an_api_key(lab, delivers, stops, tmp_path):
    server = ("--node", lab.url("token"), "--ca-file", lab.own.certificate)
    file = tmp_path / "key"
    file.touch(0o600)
    for form in (API_KEY, ENCODED_KEY):
        file.write_text(form + "\n", encoding="ascii")
        delivers(*server, "--api-key-file", file)
        delivers(*server, ESPCAP_API_KEY=form)
    stops(["the server wants other credentials", "--api-key-file"], *server,
          ESPCAP_API_KEY=API_KEY + "x")


def test_dead_letters_have_the_same_options(lab, elasticsearch, espcap, environment, tmp_path):
    letters = tmp_path / "dead.ndjson"
    line = json.dumps({"time": "2024-05-01T12:00:00.123Z", "index": elasticsearch.named("late"), "id": "x-1",
                       "status": 400, "reason": "r", "source": "a.pcap", "frame": 1,
                       "document": {"timestamp": "1714564800000", "layers": {}}})
    server = ("--node", lab.url("token"), "--ca-file", lab.own.certificate)
    for key, code, left in ((API_KEY + "x", 1, line + "\n"), (API_KEY, 0, "")):
        letters.write_text(line + "\n", encoding="ascii")
        run = espcap("resend", letters, *server, env={**environment, "ESPCAP_API_KEY": key})
        assert run.code == code, run
        assert letters.read_text(encoding="ascii") == left
        assert_no_secret(run.err + run.out.decode())
    assert elasticsearch.count(elasticsearch.named("late")) == 1


def test_a_bearer_token(lab, delivers, stops, tmp_path):
    server = ("--node", lab.url("token"), "--ca-file", lab.own.certificate)
    file = tmp_path / "token"
    file.touch(0o600)
    file.write_text(TOKEN + "\n", encoding="ascii")
    delivers(*server, "--bearer-token-file", file)
    delivers(*server, ESPCAP_BEARER_TOKEN=TOKEN)
    stops(["the server wants other credentials"], *server, ESPCAP_BEARER_TOKEN=TOKEN + "x")
    stops(["an API key (ESPCAP_API_KEY)", "a bearer token (ESPCAP_BEARER_TOKEN)"], *server,
          ESPCAP_BEARER_TOKEN=TOKEN, ESPCAP_API_KEY=API_KEY)


def test_credentials_in_the_clear(lab, delivers):
    """A host that isn't loopback, by an address that is this machine all the same."""
    with Nginx(lab.nginx.folder, lab.url("plainbasic", "127.0.0.1", "http"),
               {"far": "proxy_pass_request_headers on;"}) as far:
        port = far.ports["far"]
        user = ("--user", "elastic", "--no-compress")
        error = delivers(*user, "--node", f"http://0.0.0.0:{port}", ESPCAP_PASSWORD=PASSWORD)
        assert f"warning: http://0.0.0.0:{port}: the credentials go there without" in error
        error = delivers(*user, "--node", f"http://127.0.0.1:{port}", ESPCAP_PASSWORD=PASSWORD)
        assert "warning" not in error


def test_a_client_certificate(lab, delivers, stops, tmp_path):
    server = ("--node", lab.url("client"), "--ca-file", lab.own.certificate)
    delivers(*server, "--client-cert", lab.me.certificate, "--client-key", lab.me.key)
    whole = tmp_path / "whole.pem"
    whole.touch(0o600)
    whole.write_bytes(lab.me.certificate.read_bytes() + lab.me.key.read_bytes())
    delivers(*server, "--client-cert", whole)

    stops(["wants a client certificate", "--client-cert"], *server)
    stops(["refuses the certificate of --client-cert"], *server, "--client-cert",
          lab.stranger.certificate, "--client-key", lab.stranger.key)
    stops([f"--client-key {lab.stranger.key}: is not the key"], *server, "--client-cert",
          lab.me.certificate, "--client-key", lab.stranger.key)
    lab.me.certificate.chmod(0o600)
    stops(["holds no private key", "--client-key says where"], *server, "--client-cert",
          lab.me.certificate)
    locked = tmp_path / "locked.key"
    certificates.openssl("pkey", "-in", lab.me.key, "-aes256", "-passout", "pass:x", "-out", locked)
    locked.chmod(0o600)
    stops([f"--client-key {locked}: a passphrase guards the key"], *server, "--client-cert",
          lab.me.certificate, "--client-key", locked)
    stops([f"--client-cert {tmp_path}/none: No such file"], *server, "--client-cert",
          tmp_path / "none")


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_server_that_ends_the_handshake(version, lab, stops):
    """As Elasticsearch does where it wants a client certificate; nginx answers by HTTP instead."""
    port = free_ports(1)[0]
    with subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", version, "-quiet", "-Verify", "2",
             "-verify_return_error", "-cert", lab.good.certificate, "-key", lab.good.key,
             "-CAfile", lab.clients.certificate], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL) as server:
        wait_until(lambda: is_listened_at(port))
        node = ("--node", f"https://localhost:{port}", "--ca-file", lab.own.certificate)
        stops(["want a client certificate", "--client-cert"], *node)
        stops([f"refuses the certificate of --client-cert {lab.stranger.certificate}"], *node,
              "--client-cert", lab.stranger.certificate, "--client-key", lab.stranger.key)
        stops(["https://"], "--node", f"http://localhost:{port}")
        server.kill()


def test_options_that_do_not_go_together(lab, stops):
    node = ("--node", lab.url("good"))
    pin = ("--fingerprint", fingerprint(lab.good.certificate))
    stops(["--insecure and --fingerprint"], *node, *pin, "--insecure")
    stops(["--fingerprint and --ca-file"], *node, *pin, "--ca-file", lab.own.certificate)
    stops(["--client-cert is missing"], *node, "--client-key", lab.me.key)
    stops(["--fingerprint 'abc'", "openssl x509"], *node, "--fingerprint", "abc")
    stops(["--user takes the name alone"], *node, "--user", f"elastic:{PASSWORD}")


# A proxy

def test_a_proxy(lab, delivers, stops):
    server = ("--node", lab.url("token"), "--ca-file", lab.own.certificate)
    with ConnectProxy(f"me:{PASSWORD}") as proxy:
        address = f"127.0.0.1:{proxy.port}"
        right = {"https_proxy": f"http://me:{URL_PASSWORD}@{address}", "ESPCAP_API_KEY": API_KEY}
        delivers(*server, **right)
        assert proxy.requests
        for request in proxy.requests:
            assert request.startswith(f"CONNECT localhost:{lab.nginx.ports['token']} ")
            assert "\r\nAuthorization:" not in request
        before = len(proxy.requests)
        delivers(*server, **right, no_proxy="localhost")
        assert len(proxy.requests) == before

        wrong = {**right, "https_proxy": f"http://me:wr0ng@{address}"}
        assert "wr0ng" not in stops(["the proxy wants other credentials"], *server, **wrong)
        broken = {**right, "https_proxy": f"http://me:{URL_PASSWORD}@{address}x"}
        stops(["proxy"], *server, **broken)


# Who sees the secrets

SHADOW_BYTES = 1 << 32  # mappings of such sizes are the address sanitizer's own


def written_pieces(pid):
    """What the process can have written: its own memory, and that which it shares, without the
    holes in it."""
    proc = pathlib.Path(f"/proc/{pid}")
    with open(proc / "maps", encoding="utf-8") as maps, \
            open(proc / "mem", "rb", buffering=0) as memory:
        for line in maps:
            addresses, modes, _, _, inode, *_ = line.split()
            if not modes.startswith("rw") and inode != "0" or "p" not in modes:
                continue
            begin, end = (int(part, 16) for part in addresses.split("-"))
            if HAS_ASAN and end - begin >= SHADOW_BYTES:
                continue
            with contextlib.suppress(OSError, OverflowError):  # [vvar], [vsyscall]
                memory.seek(begin)
                piece = bytearray()
                while len(piece) < end - begin and (data := memory.read(end - begin - len(piece))):
                    piece += data
                yield piece
    for descriptor in (proc / "fd").iterdir():
        if "memfd:" not in os.readlink(descriptor):
            continue
        with open(descriptor, "rb", buffering=0) as shared, contextlib.suppress(OSError):  # the end
            end = 0
            while True:
                begin = os.lseek(shared.fileno(), end, os.SEEK_DATA)
                end = os.lseek(shared.fileno(), begin, os.SEEK_HOLE)
                yield os.pread(shared.fileno(), end - begin, begin)


def memory_has(pid, texts):
    """Which of them stand somewhere in its memory, each with what is around it."""
    found = {}
    for piece in written_pieces(pid):
        for text in texts:
            if (place := piece.find(text.encode())) >= 0:
                found[text] = bytes(piece[max(0, place - 64):place + 64])
    return found


PIECE = 8


def pieces_of(secrets):
    """What is left of them where a part was overwritten. Copies are made of this many bytes at least. Fewer stand in a process'
    memory by chance: 600 words of four letters and digits that aren't in every run, in the 170 MB of each."""
    return [piece for secret in secrets for piece in (secret[:PIECE], secret[-PIECE:])]


@pytest.fixture
def start_waiting(start_espcap):
    """start_waiting(*arguments) → an Espcap in the middle of a pipe, with a worker."""

    def start(*arguments, **options):
        run = start_espcap("--file", "-", *arguments, stdin=subprocess.PIPE, **options)
        run.feed(DNS.read_bytes())
        run.wait_until(lambda: run.children("espcap-worker"))
        return run

    return start


without_asan = pytest.mark.skipif(HAS_ASAN, reason="the address sanitizer keeps a copy of the environment")


@pytest.mark.parametrize("source", ["url", pytest.param("environment", marks=without_asan), "file",
                                    pytest.param("proxy", marks=without_asan)])
def test_nobody_else_sees_a_secret(source, lab, elasticsearch, environment, start_waiting, tmp_path):
    file = tmp_path / "password"
    file.touch(0o600)
    file.write_text(PASSWORD + "\n", encoding="ascii")
    arguments, variables = {
        "url": (["--node", lab.url("basic", credentials=f"elastic:{URL_PASSWORD}@")], {}),
        "environment": (["--node", lab.url("basic"), "--user", "elastic"], {"ESPCAP_PASSWORD": PASSWORD}),
        "file": (["--node", lab.url("basic"), "--user", "elastic", "--password-file", file], {}),
        "proxy": (["--node", lab.url("basic"), "--user", "elastic", "--password-file", file],
                  {"https_proxy": f"http://me:{URL_PASSWORD}@127.0.0.1:9", "no_proxy": "*"}),
    }[source]
    run = start_waiting(*arguments, "--index", elasticsearch.index, "--ca-file",
                        lab.own.certificate, env={**environment, **variables})
    for name in ("espcap-zygote", "espcap-worker", "espcap-reader"):
        run.wait_until(lambda name=name: run.children(name))
    others = run.children()
    for one in [run.pid, *others]:
        for name in ("cmdline", "environ"):
            seen = pathlib.Path(f"/proc/{one}/{name}").read_bytes()
            assert b"pa55" not in seen, name
    # The secret has been used.
    run.wait_until(lambda: elasticsearch.count_so_far(elasticsearch.indices))
    encoded = SECRETS[-1]
    for one in others:
        assert memory_has(one, pieces_of([PASSWORD, URL_PASSWORD, encoded])) == {}, process(one)
    worker = run.children("espcap-worker")[0]
    assert DNS_NAME in memory_has(worker, [DNS_NAME]), "a test of this test"
    if os.geteuid() == 0:
        assert memory_has(run.pid, pieces_of([encoded])).keys() == set(pieces_of([encoded])), "it would be found"


def test_secrets_forbid_core_dumps(lab, environment, start_waiting):
    """The kernel gives what belongs to a process without dumps to root. No process of a run has them: a worker must not
    read another one's memory either."""
    options = {"user": "nobody", "cwd": "/"} if os.geteuid() == 0 else {"cwd": "/"}
    options["env"] = {**environment, "ESPCAP_PASSWORD": PASSWORD, "HOME": "/nonexistent"}
    server = ["--node", lab.url("basic"), "--insecure", "--user", "elastic"]
    output = ["--output", "/dev/null"]

    def owner(process):
        return os.stat(f"/proc/{process}/mem").st_uid

    with start_waiting(*server, **options) as run:
        assert owner(run.pid) == 0
        assert owner(run.children("espcap-worker")[0]) == 0
    with start_waiting(*output, **options) as run:
        assert owner(run.pid) == 0
