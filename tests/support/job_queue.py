# SPDX-License-Identifier: GPL-2.0-or-later
"""Topics of jobs of a test's own, and what is in them."""
import json


class Queue:
    def __init__(self, broker, espcap, partitions):
        self.broker, self.espcap = broker, espcap
        self.topic = broker.create_topic(partitions)
        for ending in ("-results", "-dead-letters"):
            broker.create_topic(1, name=self.topic + ending)
        self.address = f"kafka://{broker.plain}/{self.topic}"

    def enqueue(self, *arguments):
        run = self.espcap("enqueue", "--to", self.address, *arguments)
        assert run.code == 0, run
        return run

    def options(self, archive):
        return ["--jobs", self.address, "--group", "archive", "--archive-root", archive]

    def messages(self, ending=""):
        return [{**message, "value": json.loads(message["payload"])}
                for message in self.broker.messages(self.topic + ending)]

    def results(self):
        """Of jobs."""
        return [one["value"] for one in self.messages("-results") if "outcome" in one["value"]]

    def summaries(self):
        return [one["value"] for one in self.messages("-results") if "ledger" in one["value"]]

    def status(self):
        run = self.espcap("enqueue", "--status", "--group", "archive", "--to", self.address)
        assert run.code == 0, run
        return {word: int(number) for word, number in (line.split() for line in run.out.decode().splitlines())}
