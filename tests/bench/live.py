# SPDX-License-Identifier: GPL-2.0-or-later
"""Live capture in a network namespace: which rates are kept up with, for how long, what more than that does, and what
an idle link costs. Needs root, iproute2 and espcap_replay."""
import dataclasses
import os
import re
import signal
import subprocess
import time

import measure
from espcap import Espcap
from network import Network, packets_sent
from process_tree import CpuClock, memory_mib, settle_s
from project import ESPCAP
from table import Target
from tshark_live import LiveTshark
from turns import Ratio

LARGEST_MTU = 65535
SHARE = 0.6  # of the file's rate, for long
OVERLOAD = 3  # times the highest rate
SECOND_CORE = 2  # workers


@dataclasses.dataclass(frozen=True)
class Times:
    """Seconds; and how often the rate is halved in on."""
    trial: int
    trials: int
    long: int
    overload: int
    idle: int


QUICK = Times(4, 4, 30, 8, 20)
FULL = Times(10, 7, 600, 30, 600)


class Replay:
    """A capture, again and again, at a rate."""

    def __init__(self, network, capture, packets, packets_a_second, seconds):
        total = round(packets_a_second * seconds)
        command = network.replay_command(
            capture, "--pps", str(round(packets_a_second)), "--limit", str(total),
            "--loop", str(total // packets + 1))
        self.process = subprocess.Popen(network.command(*command), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.longest_s = 3 * seconds + 60

    def end(self):
        """(packets, seconds, packets a second) as sent."""
        report = self.process.communicate(timeout=self.longest_s)[0]
        seconds = float(re.search(r"packets in ([0-9.]+) seconds", report)[1])
        sent = packets_sent(report)
        return sent, seconds, sent / seconds


class Tshark(LiveTshark):
    """tshark -T ek on the same interface."""

    def __init__(self, network, work, environment):
        super().__init__(network, environment, work, "-i", "a0", stdout=subprocess.DEVNULL,
                         start_new_session=False)  # Ctrl-C is for all of them

    def lost(self, _):
        """As far as it says."""
        try:
            self.stop(20)
        except AssertionError:  # it would dissect all of it first
            self.kill()
        return self.dropped()


class LiveEspcap(Espcap):
    def __init__(self, network, workers, work, environment, *more):
        super().__init__(
            "--verbose", "--config", "empty.yml", "--nic", "a0", "--workers", workers,
            *(["--no-ordered"] if workers > 1 else []), "--output", "/dev/null", *more, folder=work,
            before=network.command(), cwd=work, env=environment, stop_signal=signal.SIGINT,
            start_new_session=False)
        self.wait_for("capturing on a0")

    def finish(self):
        """The numbers of its last line."""
        self.stop()
        return self.ledger

    def lost(self, sent):
        summary = self.finish()
        return drops(summary) + sent - summary["packets captured"]


def drops(summary):
    return sum(count for what, count in summary.items() if "dropped" in what)


class Bench:
    def __init__(self, report, capture, packets, times, work, environment):
        self.report, self.capture, self.packets = report, capture, packets
        self.times, self.work, self.environment = times, work, environment
        self.network = Network(1, mtu=LARGEST_MTU)

    def replay(self, rate, seconds):
        return Replay(self.network, self.capture, self.packets, rate, seconds)

    def file_rate(self, workers):
        """Packets a second of the same packets from files, as many as there are workers."""
        command = [ESPCAP, "--config", "empty.yml", "--quiet", "--workers", str(workers),
                   "--no-ordered", "--output", "/dev/null",
                   *["--file", self.capture] * workers]
        run = measure.timed(command, self.environment)
        return self.packets * workers / run.wall

    def keeps_up(self, start, rate):
        """The rate as sent, where nothing is lost and all of it is done soon after; else None."""
        running = start()
        sent, seconds, achieved = self.replay(rate, self.times.trial).end()
        late = settle_s(running.pid, seconds)
        lost = running.lost(sent)
        return achieved if lost == 0 and late <= 1 + seconds / 10 else None

    def highest_rate(self, start, low, high):
        """Between these, halved in on."""
        best = 0
        for _ in range(self.times.trials):
            rate = (low + high) / 2
            achieved = self.keeps_up(start, rate)
            if achieved:
                best, low = max(best, achieved), rate
            else:
                high = rate
        return best

    def espcap(self, workers, *more):
        return LiveEspcap(self.network, workers, self.work, self.environment, *more)

    def rates(self):
        """Of espcap by workers, with those of the file."""
        report = self.report
        report.head(("highest", "of file"))
        found, from_file = {}, {}
        for workers in (1, SECOND_CORE):
            from_file[workers] = self.file_rate(workers)
            found[workers] = self.highest_rate(lambda now=workers: self.espcap(now),
                                               from_file[workers] * 0.2, from_file[workers] * 1.2)
            report.row(f"espcap, workers: {workers}",
                       [f"{found[workers]:,.0f}", f"{found[workers] / from_file[workers]:.2f}"],
                       rate=found[workers], file_rate=from_file[workers])
        tshark = self.highest_rate(lambda: Tshark(self.network, self.work, self.environment),
                                   0, from_file[1] * 0.6)
        report.row("tshark -i X -T ek", [f"{tshark:,.0f}", ""], rate=tshark)
        report.note("packets a second, without a loss and without work left a second after")
        for workers, rate in found.items():
            value = rate / tshark if tshark else 0
            report.ratio(f"espcap, workers: {workers} / tshark, highest rate",
                         Ratio(value, value, value))
        return found, from_file

    def long(self, workers):
        """At a share of the rate from files, by as many workers."""
        rate, seconds = SHARE * self.file_rate(workers), self.times.long
        running = self.espcap(workers, "--stats-interval", "5s")
        replay = self.replay(rate, seconds)
        sizes = []
        while replay.process.poll() is None:
            sizes.append(memory_mib(running.pid))
            time.sleep(min(5, seconds / 12))
        sent, took, achieved = replay.end()
        time.sleep(6)
        lags = [float(text) for text in re.findall(r", ([0-9.]+) s at the 99th", running.err)]
        summary = running.finish()
        third = len(sizes) // 3
        middle, last = max(sizes[third:2 * third]), max(sizes[2 * third:])
        self.report.row(f"workers: {workers}, {took:.0f} s at {achieved:,.0f} packets/s",
                        [f"{drops(summary)} lost", f"{max(lags):.2f} s", f"{last:.0f} MiB"],
                        sent=sent, summary=summary, lags=lags, sizes=sizes)
        self.report.note("packets dropped; the greatest 99th percentile of the lag in any 5 s; memory of all its "
                         "processes")
        self._ratio("packets captured / sent", summary["packets captured"] / sent, Target(">=", 1))
        self._ratio("packets dropped", drops(summary), Target("<=", 0))
        self._ratio("lag at the 99th percentile, seconds", max(lags), Target("<=", 3))
        self._ratio("memory: last third / middle third, greatest", last / middle,
                    Target("<=", 1.1))

    def overload(self, highest):
        """More than can be dissected; then a little. `highest`: where other work made one rate smaller, the
        other one."""
        running = self.espcap(1, "--stats-interval", "1s", "--buffer-bytes", "8M")
        sent, took, achieved = self.replay(OVERLOAD * highest, self.times.overload).end()
        dissected = [int(text) for text in re.findall(r"; dissected (\d+),", running.err)]
        during = (dissected[-1] - dissected[0]) / max(len(dissected) - 1, 1)
        settle_s(running.pid, 60)
        before = running.err.count("received ")
        running.wait_for("received ", before + 2)
        lost_before = re.findall(r"dropped (\d+) by the kernel, (\d+) by the interface, (\d+) by",
                                 running.err)[-1]
        sent += self.replay(0.3 * highest, 3).end()[0]
        settle_s(running.pid, 20)
        summary = running.finish()
        lost_after = drops(summary) - sum(int(count) for count in lost_before)
        self.report.row(f"{took:.0f} s at {achieved:,.0f} packets/s",
                        [f"{during:,.0f}", f"{drops(summary):,}"], sent=sent,
                        summary=summary)
        self.report.note("packets a second dissected meanwhile; packets dropped")
        self._ratio("dissected meanwhile / highest rate", during / highest)
        self._ratio("sent - dissected - dropped", sent - summary["written"] - drops(summary),
                    Target("<=", 0))
        self._ratio("dropped after the load", lost_after, Target("<=", 0))

    def idle(self):
        running = self.espcap(2)
        sent = self.replay(1000, 2).end()[0]
        settle_s(running.pid, 30)
        clock = CpuClock(running.pid)
        start, used, size = time.monotonic(), clock.seconds(), memory_mib(running.pid)
        time.sleep(self.times.idle)
        share = (clock.seconds() - used) / (time.monotonic() - start)
        growth = memory_mib(running.pid) / size
        assert running.finish()["packets captured"] == sent
        self.report.row(f"idle for {self.times.idle} s", [f"{share:.2%}", f"{size:.0f} MiB"])
        self.report.note("of a core; memory of all its processes")
        self._ratio("share of a core", share, Target("<=", 0.01))
        self._ratio("memory at the end / at the beginning", growth, Target("<=", 1.01))

    def _ratio(self, name, value, target=None):
        self.report.ratio(name, Ratio(value, value, value), target)


def measure_live(report, capture, packets, parts, quick, work, environment):
    if os.geteuid() != 0:
        report.subject("live capture: not measured, it takes root")
        return
    bench = Bench(report, capture, packets, QUICK if quick else FULL, work, environment)
    try:
        report.subject(f"live: {capture.name}, {packets:,} packets, replayed onto an interface")
        found, from_file = None, {}
        if "rates" in parts or "overload" in parts:
            found, from_file = bench.rates()
        if "long" in parts:
            report.subject(f"live: at {SHARE:.0%} of the rate from a file")
            for workers in (1, SECOND_CORE):
                bench.long(workers)
        if "overload" in parts:
            report.subject(f"live: at {OVERLOAD} times the highest rate")
            bench.overload(max(found[1], from_file[1]))
        if "idle" in parts:
            report.subject("live: idle")
            bench.idle()
    finally:
        bench.network.remove()
