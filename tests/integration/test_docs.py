# SPDX-License-Identifier: GPL-2.0-or-later
"""What README and docs say: commands do what is shown, and names of options, metrics, messages and pages exist.

A fenced block `console` is a session: lines that begin with `$ ` are commands, the lines below one are what it prints
(standard output and standard error). `…` replaces any text of a line; a line that is `…` alone, any lines.
A block `sh` is not run, since it needs more than a test has (systemd, another machine, time): its options are checked."""
import json
import re
import shlex
import shutil
import socket
import subprocess
import threading

import pytest
from project import ESPCAP, ROOT, TEST_PCAPS

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
PROSE = [page for page in PAGES if page.name != "options.md"]
ALL = sorted([*PAGES, *(ROOT / "docs" / "design").glob("*.md"), ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md",
              ROOT / "SECURITY.md", ROOT / "CHANGELOG.md", ROOT / "config" / "README.md"])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
MOST_LINES = {"README.md": 150, "ARCHITECTURE.md": 200}
# Readers are other users than root.
AS_ROOT = "espcap: the process that delivers stays root, without capabilities; --run-as names another user\n"
MOST_SHOWN = 3000  # characters of what a command printed, where a test fails
GENERATED = {"options.md"}


def ids(page):
    return str(page.relative_to(ROOT))


def blocks(page, kind):
    return [text for name, text in FENCE.findall(page.read_text()) if name == kind]


def session(text):
    """[(command, what it prints)] of a console block."""
    commands = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            assert commands, f"a block begins with output: {line}"
            commands[-1][1].append(line)
    return commands


def pattern(lines):
    """A regular expression for the lines shown."""
    parts = []
    for line in lines:
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(map(re.escape, line.split("…"))) + r"\n")
    return "".join(parts)


def test_a_pattern_is_as_strict_as_it_looks():
    assert re.fullmatch(pattern(["a", "…", "b … c"]), "a\nx\ny\nb 1 c\n")
    assert re.fullmatch(pattern(["a", "…", "b"]), "a\nb\n")
    assert not re.fullmatch(pattern(["a", "b"]), "a\nx\nb\n")
    assert not re.fullmatch(pattern(["b … c"]), "b\nc\n")


class Traffic:
    """UDP packets to the discard port of this machine, while it is entered. A few a second: a run that ends after some of
    them has been accepted by its server by then."""

    def __enter__(self):
        self._end = threading.Event()
        self._sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

        def send():
            while not self._end.wait(0.25):
                try:
                    self._sender.sendto(b"espcap", ("127.0.0.1", 9))
                except ConnectionRefusedError:
                    pass

        self._thread = threading.Thread(target=send)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()
        self._sender.close()


@pytest.fixture
def folder(tmp_path):
    """Where the reader of a page is: with a capture, a folder of captures and a refused document."""
    shutil.copy(TEST_PCAPS / "dns.pcap", tmp_path / "capture.pcap")
    (tmp_path / "captures" / "more").mkdir(parents=True)
    for name in ("http", "icmp"):
        shutil.copy(TEST_PCAPS / f"{name}.pcap", tmp_path / "captures")
    shutil.copy(TEST_PCAPS / "arp.pcap", tmp_path / "captures" / "more")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "espcap").symlink_to(ESPCAP)
    (tmp_path / "dead-letters.ndjson").write_text(json.dumps({
        "time": "2026-11-24T12:58:01.202Z", "index": "packets-2026-11-24", "id": "dead-1", "status": 400,
        "reason": "mapper_parsing_exception", "source": "a.pcap", "frame": 1,
        "document": {"timestamp": "1795499717507", "layers": {}}}) + "\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-subj", "/CN=ca", "-keyout", tmp_path / "ca.key", "-out", tmp_path / "http_ca.crt"],
                   check=True, capture_output=True)
    return tmp_path


def needs_a_server(page):
    return any(":9200" in text for text in blocks(page, "console"))


def with_console(page):
    return [command for text in blocks(page, "console") for command in session(text)]


@pytest.mark.parametrize("page", [page for page in PROSE if with_console(page)], ids=ids)
def test_commands_print_what_is_shown(page, folder, environment, request):
    """In the order of the page. The server is one of this test's own, since index names are those that users have."""
    server = request.getfixturevalue("elasticsearch_to_break") if needs_a_server(page) else None
    variables = {**environment, "PATH": f"{folder / 'bin'}:{environment['PATH']}"}
    faults = []
    for command, shown in with_console(page):
        line = command.removeprefix("sudo ").replace("eth0", "lo")
        if server is not None:
            line = line.replace("localhost:9200", f"127.0.0.1:{server.port}")
            server.request("POST", "/_refresh")
        with Traffic() if "--nic" in line else threading.Lock():
            run = subprocess.run(line, shell=True, cwd=folder, env=variables, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        printed = run.stdout.replace("capturing on lo\n", "capturing on eth0\n")
        printed = printed.replace(AS_ROOT, "")
        if printed and not printed.endswith("\n"):
            printed += "\n"
        printed = printed.replace(str(folder) + "/", "")
        if not re.fullmatch(pattern(shown), printed):
            faults.append(f"$ {command}\nshown:\n" + "\n".join(shown) + f"\nprinted:\n{printed[:MOST_SHOWN]}")
        elif run.returncode != 0 and "--check" not in command:
            faults.append(f"$ {command}\nended with {run.returncode}")
    assert not faults, "\n\n".join(faults)


@pytest.fixture(scope="module")
def options():
    """Every name that an option of any command has, but those of --help."""
    table = (ROOT / "docs" / "options.md").read_text()
    return set(re.findall(r"`(--?[a-zA-Z0-9][a-z0-9-]*)`", table))


def espcap_lines(page):
    """Command lines of espcap, in blocks and in spans."""
    text = page.read_text()
    for kind in ("console", "sh"):
        for block in blocks(page, kind):
            yield from (line.removeprefix("$ ") for line in block.splitlines())
    for span in re.findall(r"(?<!`)`(espcap [^`\n]+)`", text):
        yield span


@pytest.mark.parametrize("page", PROSE, ids=ids)
def test_options_named_exist(page, options):
    wrong = set()
    for line in espcap_lines(page):
        try:
            words = shlex.split(line.replace("…", "x"), comments=True)
        except ValueError:
            continue
        while "espcap" in words:
            words = words[words.index("espcap") + 1:]
            own = words[:next((i for i, word in enumerate(words) if word in "|>;"), len(words))]
            wrong |= {word.split("=")[0] for word in own if re.match(r"--[a-z]", word)} - options
    text = FENCE.sub("", page.read_text())
    spans = re.findall(r"(?<!`)`(--[a-z][a-z0-9-]*)(?:[ =][^`]*)?`", text)
    foreign = {"--version", "--help", "--keep", "--quick", "--only", "--prefix", "--session-"}
    wrong |= set(spans) - options - foreign
    assert not wrong


def test_every_option_of_the_program_is_in_the_reference(options, espcap):
    """Both ways: --help against docs/options.md."""
    names = set()
    for command in ([], ["resend"], ["template"], ["fields"], ["query"], ["packets"], ["show"], ["report"], ["enqueue"]):
        text = espcap(*command, "--help", env={"COLUMNS": "400", "HOME": "/"}).out.decode()
        for line in text.split("Example")[0].splitlines():
            entry = re.match(r"  (-\S+)", line)
            names |= set(entry[1].split(",")) if entry else set()
    assert names == options


def literals(text):
    """A C++ source with the parts of each literal joined, and its escapes undone."""
    text = re.sub(r'"\s*\n\s*"', "", text)
    return text.replace('\\"', '"').replace("\\n", "\n")


@pytest.fixture(scope="module")
def sources():
    return "\n".join(literals(path.read_text()) for path in (ROOT / "src").rglob("*.*"))


def messages(page):
    """[(message, its parts without placeholders)] of the tables of troubleshooting."""
    for row in re.findall(r"^\| (`.+?) \| ", page.read_text(), re.M):
        for message in re.findall(r"`([^`]+)`", row.replace("\\|", "|")):
            yield message


# What the C library, libcurl or a server says.
FOREIGN = {"Failed to connect", "(Connection refused)", "No such file or directory", "Address already in use",
           "Permission denied", "No space left on device", "Could not resolve host",
           "Disconnected while requesting ApiVersion"}


def test_messages_of_troubleshooting_are_the_programs(sources):
    missing = []
    found = list(messages(ROOT / "docs" / "troubleshooting.md"))
    for message in found:
        parts = [part.strip(" :'") for part in re.split(r"…|\d+|: GET |'", message)]
        for part in parts:
            part = re.sub(r"^: ", "", part)
            if len(part) > 2 and part not in FOREIGN and part not in sources:
                missing.append(f"{message}: {part!r}")
    assert not missing
    assert len(found) > 50


def test_reasons_of_health_are_the_programs(sources):
    table = (ROOT / "docs" / "metrics.md").read_text().partition("## Health")[2].partition("## ")[0]
    reasons = re.findall(r"^\| `([^`]+)` \|", table, re.M)
    assert len(reasons) >= 6
    assert [reason for reason in reasons if reason not in sources] == []


def anchors(page):
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text()), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", ALL, ids=ids)
def test_links_lead_somewhere(page):
    broken = []
    for target in re.findall(r"\]\(([^)]+)\)", FENCE.sub("", page.read_text())):
        if target.startswith("http"):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or (anchor and anchor not in anchors(place)):
            broken.append(target)
    assert not broken


@pytest.mark.parametrize("page", ALL, ids=ids)
def test_pages_are_short(page):
    if page.name not in GENERATED:
        assert page.read_text().count("\n") <= MOST_LINES.get(page.name, 300)


def test_the_readme_leads_to_every_page():
    text = (ROOT / "README.md").read_text()
    assert [page.name for page in PROSE if page.name != "README.md" and f"docs/{page.name}" not in text] == []


def test_every_key_of_a_found_file_is_named():
    """docs/configuration.md against the reference's last column."""
    rows = re.findall(r"^\| (`.*?) \|.*\| yes \|$", (ROOT / "docs" / "options.md").read_text(), re.M)
    keys = {re.findall(r"--([a-z0-9-]+)", row)[-1] for row in rows}
    table = (ROOT / "docs" / "configuration.md").read_text().partition("| kind | keys |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z0-9-]+)`", table)) == keys
