# SPDX-License-Identifier: GPL-2.0-or-later
"""Into a real Kafka on this machine: packets forwarded, next to what their dissection costs."""
import kafka
from programs import espcap
from table import Target
from turns import Contender, how_often, in_turn, ratio

PARTITIONS = 12
TIMES = 10  # the capture, in one run: what a start costs counts less then


def measure_kafka(report, capture, packets, work, runs, environment):
    files = [word for _ in range(TIMES) for word in ("--file", capture)]
    with kafka.Broker(work / "kafka") as broker:
        def topic(name):
            return f"kafka://{broker.plain}/{broker.create_topic(PARTITIONS, name)}"
        rows = [
            Contender("dissected, to /dev/null", espcap(*files, "--output", "/dev/null"), TIMES * packets),
            Contender("forwarded", espcap(*files, "--forward", topic("forwarded")), TIMES * packets),
            Contender("forwarded, zstd", espcap(*files, "--forward", topic("zstd"), "--kafka", "compression.type=zstd"),
                      TIMES * packets),
        ]
        in_turn(rows, runs, environment)
    dissected, forwarded, zstd = rows
    report.subject(f"into Kafka: {capture.name}, {TIMES} times {packets:,} packets; {how_often(runs)}")
    report.head()
    for row in rows:
        report.contender(row, row.name)
    report.ratio("forwarded / dissected, CPU time", ratio(forwarded, dissected, "cpu"), Target("<=", 0.067))
    report.ratio("forwarded with zstd / dissected, CPU time", ratio(zstd, dissected, "cpu"))
