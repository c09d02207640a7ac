# SPDX-License-Identifier: GPL-2.0-or-later
"""A topic of packets of a test's own, and what its consumers make of it."""
import re
import subprocess
import tempfile

import pcapng

# What isn't in a section, or follows from other packets than those of a partition.
KAFKA = re.compile(r"^frame_frame_(number|section_number|time_delta|time_delta_displayed|time_relative)$|"
                   r"^frame_frame_interface|_stream$|^frame_frame_offset_shift$")

# Fields that name frames.
FRAMES = re.compile(r"_(request|response|reassembled)_in$|_response_to$|_(acks|ack)_frame$|_(segment|fragment)$")


def without(value, pattern):
    if isinstance(value, dict):
        return {key: without(inner, pattern) for key, inner in value.items() if not pattern.search(key)}
    if isinstance(value, list):
        return [without(inner, pattern) for inner in value]
    return value


def comparable(document):
    """Without what differs from run to run, and place in the file."""
    document = without(without(document, KAFKA), FRAMES)
    for name in ("run", "offset", "session"):
        document["espcap"].pop(name, None)
    return document


# Of a section of espcap's with one packet.
HEADERS = {"espcap": "1", "sensor": "s", "capture": "A" * 22, "records": "\5", "packets": "1", "first": "0", "last": "0"}


def section(*packets):
    return pcapng.section() + pcapng.interface(1) + b"".join(pcapng.packet(0, 10 ** 15, data) for data in packets)


class Topic:
    def __init__(self, broker, espcap, partitions):
        self.broker, self.espcap = broker, espcap
        self.name = broker.create_topic(partitions)
        self.address = f"kafka://{broker.plain}/{self.name}"

    @property
    def options(self):
        return self.options_of("dissectors")

    def options_of(self, group):
        return ["--from", self.address, "--group", f"{self.name}-{group}"]

    def forward(self, *arguments, sensor="sensor-1"):
        run = self.espcap(*arguments, "--forward", self.address, "--sensor", sensor)
        assert run.code == 0, run
        return run.ledger["forwarded"]

    def produce(self, value, headers=None, partition=-1):
        """A message as another program writes it; by default to any partition."""
        told = [word for name, text in (headers or {}).items() for word in ("-H", f"{name}={text}")]
        told += ["-p", str(partition)]
        with tempfile.NamedTemporaryFile() as file:
            file.write(value)
            file.flush()
            subprocess.run(["kcat", "-P", "-b", self.broker.plain, "-t", self.name, *told, file.name], check=True)

    def lag(self, group="dissectors"):
        """Messages that the group has not committed."""
        committed = self.broker.committed(f"{self.name}-{group}", self.name)
        ends = self.broker.ends(self.name)
        return sum(end - committed.get(partition, 0) for partition, end in ends.items())
