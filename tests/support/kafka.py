# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Kafka broker on loopback (KRaft, 4.1.1 from Maven Central's jars), and what tests ask of it."""
import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import uuid

from certificates import Authority
from ports import free_ports
from waiting import wait_until

FOLDER = pathlib.Path(__file__).resolve().parent / "servers" / "kafka"
BUILD = pathlib.Path(os.environ.get("ESPCAP_SUPPORT_BUILD", FOLDER.parent / "target")) / "kafka"
MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
CLUSTER = "ZXNwY2FwLXRlc3RzLTAwMQ"
START_S = 120
PASSWORD = "correct horse"
LISTENERS = ("plain", "sasl", "tls", "controller")
NO_COORDINATOR = {14, 15, 16}  # loading, not available, moved: each is asked again
PROPERTIES = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listeners=PLAIN://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},TLS://127.0.0.1:{tls},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAIN://127.0.0.1:{plain},SASL://127.0.0.1:{sasl},TLS://127.0.0.1:{tls}
listener.security.protocol.map=PLAIN:PLAINTEXT,SASL:SASL_SSL,TLS:SSL,CONTROLLER:PLAINTEXT
log.dirs={home}/data
num.partitions=3
auto.create.topics.enable={creates}
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
 user_espcap="{password}" user_stranger="{password}";
listener.name.sasl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={home}/broker-with-key.pem
ssl.truststore.type=PEM
ssl.truststore.location={home}/brokers.pem
listener.name.tls.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS;User:espcap;User:CN=client
"""


def class_path():
    """Of the broker; fetched by Maven, once for all processes."""
    BUILD.mkdir(parents=True, exist_ok=True)
    kept = BUILD / "classpath.txt"
    with open(BUILD / "lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        jars = kept.read_text(encoding="utf-8").split(":") if kept.exists() else []
        if not jars or not all(pathlib.Path(jar).exists() for jar in jars):
            subprocess.run(["mvn", "-q", "-B", "-U", "-f", FOLDER / "pom.xml", f"{MAVEN_PLUGIN}:build-classpath",
                            "-Dmdep.includeScope=runtime", f"-Dmdep.outputFile={kept}"], check=True,
                           stdout=subprocess.DEVNULL)
    return kept.read_text(encoding="utf-8")


class Broker:
    """Keeps its ports and its data over kill() and start(). `creates`: it makes topics that are asked for.
    `settings`: of the broker, with _ for the dots."""

    def __init__(self, home, creates=False, **settings):
        self.home = pathlib.Path(home)
        self.creates = creates
        self.settings = settings
        self.ports = {}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    def attach(self):
        """Whether a broker runs on this home already; then this object is that broker."""
        try:
            self.ports = json.loads((self.home / "ports.json").read_text(encoding="ascii"))
            return self._is_running() and self._answers()
        except (OSError, ValueError):
            return False

    @property
    def plain(self):
        """HOST:PORT, as the next two: without TLS; with SASL over TLS; with client certificates."""
        return f"127.0.0.1:{self.ports['plain']}"

    @property
    def sasl(self):
        return f"127.0.0.1:{self.ports['sasl']}"

    @property
    def tls(self):
        return f"127.0.0.1:{self.ports['tls']}"

    @property
    def authority(self):
        """The certificate of the CA of brokers and clients."""
        return self.home / "brokers.pem"

    @property
    def client(self):
        """(certificate, key) of a client that may do all."""
        return self.home / "client.pem", self.home / "client.key"

    @property
    def password_file(self):
        return self.home / "password"

    def _java(self, *arguments, **options):
        command = ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
                   "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", class_path(), *arguments]
        return subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, **options)

    def _make(self):
        self.home.mkdir(parents=True, exist_ok=True)
        self.ports = dict(zip(LISTENERS, free_ports(len(LISTENERS))))
        authority = Authority(self.home, "brokers")
        pair = authority.issue("broker", "IP:127.0.0.1", "DNS:localhost")
        authority.issue("client")
        (self.home / "broker-with-key.pem").write_text(
            pair.key.read_text(encoding="ascii") + pair.certificate.read_text(encoding="ascii"), encoding="ascii")
        self.password_file.write_text(PASSWORD, encoding="ascii")
        self.password_file.chmod(0o600)
        (self.home / "server.properties").write_text(
            PROPERTIES.format(home=self.home, password=PASSWORD, creates=str(self.creates).lower(), **self.ports)
            + "".join(f"{name.replace('_', '.')}={value}\n" for name, value in self.settings.items()),
            encoding="ascii")
        with open(self.home / "format.log", "w", encoding="utf-8") as log:
            status = self._java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c",
                                self.home / "server.properties", "--add-scram",
                                f"SCRAM-SHA-256=[name=espcap,password={PASSWORD}]",
                                stdout=log, stderr=subprocess.STDOUT).wait(START_S)
        assert status == 0, (self.home / "format.log").read_text(encoding="utf-8")
        (self.home / "ports.json").write_text(json.dumps(self.ports), encoding="ascii")

    def start(self):
        if not (self.home / "ports.json").exists():
            self._make()
        with open(self.home / "server.log", "a", encoding="utf-8") as log:
            process = self._java("kafka.Kafka", self.home / "server.properties", stdout=log,
                                 stderr=subprocess.STDOUT, start_new_session=True)
        (self.home / "server.pid").write_text(str(process.pid), encoding="ascii")
        self._process = process
        wait_until(lambda: process.poll() is not None or self._answers(), START_S, step=0.2, what="an answer")
        assert process.poll() is None, (self.home / "server.log").read_text(encoding="utf-8")[-2000:]
        return self

    def _pid(self):
        return int((self.home / "server.pid").read_text(encoding="ascii"))

    def _is_running(self):
        try:
            command = pathlib.Path(f"/proc/{self._pid()}/cmdline").read_bytes()
        except (OSError, ValueError):
            return False
        return str(self.home / "server.properties").encode() in command

    def _answers(self):
        return subprocess.run(["kcat", "-L", "-b", self.plain, "-m", "2"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def kill(self):
        """As a crash; it is gone on return."""
        if self._is_running():
            pid = self._pid()
            os.kill(pid, signal.SIGKILL)
            process = getattr(self, "_process", None)
            if process is not None and process.pid == pid:
                process.wait()
            wait_until(lambda: not self._is_running(), what="the broker's end")

    def pause(self):
        """It keeps its connections, and answers nothing."""
        os.kill(self._pid(), signal.SIGSTOP)

    def resume(self):
        os.kill(self._pid(), signal.SIGCONT)

    def remove(self):
        """With all its data."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def create_topic(self, partitions=3, name=None, **settings):
        """Its name. `settings`: with _ for the dots."""
        name = name or f"t{uuid.uuid4().hex[:12]}"
        configs = [(key.replace("_", "."), str(value)) for key, value in settings.items()]
        body = struct.pack(">i", 1) + text(name) + struct.pack(">ihi", partitions, 1, 0)
        body += struct.pack(">i", len(configs)) + b"".join(text(key) + text(value) for key, value in configs)
        body += struct.pack(">i?", 30_000, False)
        answer = self._request(19, 2, body)  # CreateTopics
        error = struct.unpack_from(">h", answer, 4 + 4 + 2 + len(name))[0]  # after throttle, count, name
        assert error == 0, f"create {name}: Kafka's error {error}"
        return name

    def _request(self, key, version, body):
        """The answer, without its correlation id."""
        head = struct.pack(">hhi", key, version, 1) + text("espcap-tests")
        with socket.create_connection(("127.0.0.1", self.ports["plain"]), timeout=60) as connection:
            connection.sendall(struct.pack(">i", len(head) + len(body)) + head + body)
            with connection.makefile("rb") as stream:
                size = struct.unpack(">i", stream.read(4))[0]
                return stream.read(size)[4:]

    def committed(self, group, topic):
        """{partition: offset} of what the group has committed; a broker that has started anew may not know it yet."""
        partitions = sorted(self.ends(topic))
        body = text(group) + struct.pack(">i", 1) + text(topic)
        body += struct.pack(f">i{len(partitions)}i", len(partitions), *partitions)

        def answer():
            offsets, errors = self._fetched_offsets(topic, body)
            assert errors <= NO_COORDINATOR, f"offsets of {group}: Kafka's errors {errors}"
            return None if errors else (offsets,)
        return wait_until(answer, what=f"the offsets of {group}")[0]

    def _fetched_offsets(self, topic, body):
        """({partition: offset}, the errors of partitions) of an answer to OffsetFetch."""
        answer = self._request(9, 1, body)
        place = 4 + 2 + len(topic)  # after the count of topics and the name
        count, = struct.unpack_from(">i", answer, place)
        place += 4
        offsets, errors = {}, set()
        for _ in range(count):
            partition, offset, metadata = struct.unpack_from(">iqh", answer, place)
            place += 14 + max(metadata, 0)
            error, = struct.unpack_from(">h", answer, place)
            place += 2
            if error:
                errors.add(error)
            elif offset >= 0:
                offsets[partition] = offset
        return offsets, errors

    def ends(self, topic):
        """{partition: the offset behind its last message}; a broker that has started anew may not lead them yet."""
        listed = subprocess.run(["kcat", "-L", "-J", "-b", self.plain, "-t", topic], stdout=subprocess.PIPE, check=True)
        partitions = [one["partition"] for one in json.loads(listed.stdout)["topics"][0]["partitions"]]
        asked = [word for partition in partitions for word in ("-t", f"{topic}:{partition}:-1")]

        def answer():
            run = subprocess.run(["kcat", "-Q", "-b", self.plain, *asked], stdout=subprocess.PIPE, check=False)
            return run.returncode == 0 and run.stdout.decode()
        answered = wait_until(answer, what=f"the ends of {topic}")
        return {int(partition): int(offset) for partition, offset in re.findall(r"\[(\d+)\] offset (\d+)", answered)}

    def delete_before(self, topic, partition, offset):
        """As retention does."""
        body = struct.pack(">i", 1) + text(topic) + struct.pack(">iiqi", 1, partition, offset, 30_000)
        answer = self._request(21, 0, body)  # DeleteRecords
        error, = struct.unpack(">h", answer[-2:])
        assert error == 0, f"delete of {topic}: Kafka's error {error}"

    def messages(self, topic):
        """All of them, as kcat's JSON: key, payload, headers, partition, offset."""
        run = subprocess.run(["kcat", "-C", "-q", "-e", "-J", "-b", self.plain, "-t", topic, "-o", "beginning"],
                             stdout=subprocess.PIPE, check=True, timeout=300)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def produce(self, topic, value):
        """A message as another program writes it."""
        subprocess.run(["kcat", "-P", "-b", self.plain, "-t", topic, "-D", "\x1f"], input=value.encode(), check=True)

    def count(self, topic):
        return len(self.messages(topic))


def text(value):
    data = value.encode()
    return struct.pack(">h", len(data)) + data


def shared(folder):
    """The broker of a run of tests, started where it doesn't run yet. Not to be removed by the caller."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "kafka.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        broker = Broker(folder / "kafka")
        return broker if broker.attach() else broker.start()


def remove_shared(folder):
    home = pathlib.Path(folder) / "kafka"
    if home.exists():
        Broker(home).remove()
