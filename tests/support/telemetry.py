# SPDX-License-Identifier: GPL-2.0-or-later
"""What a run tells while it goes on, read as Prometheus and an operator would."""
import functools
import re
import urllib.error
import urllib.request

from project import ROOT
from prometheus_client.parser import text_string_to_metric_families

OF_TOPICS = ("espcap_consume_", "espcap_sensor_")  # told by runs with --from alone


def documented_metrics():
    """[(name, type)], as docs/metrics.md has them."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(espcap_\w+)`.* \| (\w+) \|", text, re.MULTILINE)


def told_metrics(text):
    """{(name, type)}."""
    return set(re.findall(r"^# TYPE (\w+) (\w+)", text, re.MULTILINE))


class Scrape:
    """The samples of a text, each there once: scrape("name", label="value")."""

    def __init__(self, text):
        self.families = {}
        self.samples = {}
        for family in text_string_to_metric_families(text):
            assert family.name not in self.families, family.name
            assert family.documentation and family.type != "unknown", family.name
            self.families[family.name] = family
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self.samples, key
                self.samples[key] = sample.value
            # A sample of another family would bring labels of its own.
            labels = {frozenset(sample.labels) - {"le"} for sample in family.samples}
            assert len(labels) == 1, (family.name, labels)

    def __call__(self, name, **labels):
        return self.samples[name, frozenset(labels.items())]

    @property
    def captured(self):
        return self("espcap_packets_captured_total")

    @property
    def settled(self):
        """Packets by their outcome."""
        return {sample.labels["outcome"]: sample.value
                for sample in self.families["espcap_packets_settled"].samples}


class Metrics:
    """Of a running espcap that was started with --metrics."""

    def __init__(self, run):
        self.run = run
        address = re.compile(r"^espcap: metrics: (http://(.+):(\d+))/metrics$", re.M)
        found = run.wait_until(lambda: address.search(run.err))
        self.url, host, port = found.groups()
        self.host, self.port = host.strip("[]"), int(port)

    def get(self, path="/metrics"):
        """(status, body)."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def scrape(self):
        status, text = self.get()
        assert status == 200
        return Scrape(text)

    def wait_until(self, condition):
        """A scrape for which it holds."""

        def take():
            assert self.run.runs(), self.run
            scrape = self.scrape()
            return scrape if condition(scrape) else None

        return self.run.wait_until(functools.wraps(condition)(take))
