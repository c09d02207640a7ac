# SPDX-License-Identifier: GPL-2.0-or-later
"""What is installed with the program: manual pages, completions and units, tried by the programs that read them."""
import os
import shutil
import subprocess

import pytest
from project import BUILD, ESPCAP, ROOT

REFERENCE = BUILD / "reference"
pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="an installed program: its package is tested instead")


def printed(*command, **options):
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)
    return run.stdout, run.stderr


@pytest.mark.parametrize("page", ["espcap.1", "espcap.yml.5"])
def test_manual_pages_are_without_warnings(page):
    text, warnings = printed("groff", "-man", "-Tutf8", "-P-cbou", "-ww", "-rLL=80n", REFERENCE / page)
    assert warnings == ""
    assert "SEE ALSO" in text


def test_help_and_manual_say_the_same():
    """Each word of an option's help, in order."""
    text, _ = printed("groff", "-man", "-Tascii", "-P-cbou", "-rLL=400n", REFERENCE / "espcap.1")
    manual = " ".join(text.split())
    plain, _ = printed(ESPCAP, "--help", env={**os.environ, "COLUMNS": "400"})
    options = [line for line in plain.split("Subcommands:")[0].splitlines() if line.startswith("  -")]
    assert len(options) > 80
    missing = []
    for line in options:
        sentences = " ".join(line[34:].split()).split(" Default:")[0]
        # A long name has its line, and its words below; those are in the next ones.
        if sentences and sentences not in manual:
            missing.append(sentences)
    assert not missing


@pytest.mark.parametrize(("line", "wanted", "unwanted"), [
    ("--forma", "--format", "--file"),
    ("--format t", "text", "bulk"),
    ("--format = t", "text", "bulk"),
    ("templ", "template", "--file"),
    ("template --ins", "--install", "--nic"),
    ("fields --", "--curated", "--node"),
    ("--nic l", "lo", "any"),
    ("--dir tes", "tests", "text"),
])
def test_bash_completes(line, wanted, unwanted):
    words = f"COMP_WORDS=(espcap {line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))"
    # compopt is for a completion that is under way.
    script = f"compopt() {{ :; }}; . {REFERENCE}/espcap.bash; {words}; _espcap; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    offered, said = printed("bash", "-c", script, cwd=ROOT)
    assert said == ""
    assert wanted in offered.split() and unwanted not in offered.split()


@pytest.mark.parametrize(("line", "wanted", "unwanted"), [
    ("--forma", "--format", "--file"),
    ("--format t", "text", "bulk"),
    ("template --ins", "--install", "--nic"),
    ("templ", "template", "fields"),
])
def test_fish_completes(line, wanted, unwanted, tmp_path):
    script = f"source {REFERENCE}/espcap.fish; complete -C 'espcap {line}'"
    offered, said = printed("fish", "--no-config", "-c", script, env={**os.environ, "HOME": str(tmp_path)})
    assert said == ""
    names = [each.split("\t")[0] for each in offered.splitlines()]
    assert wanted in names and unwanted not in names


ZSH = r"""
zmodload zsh/zpty
zpty session "TERM=dumb zsh -f -i"
zpty -w session "PS1=; fpath=($1 \$fpath); autoload -U compinit; compinit -u -D; LISTMAX=1000; print re''ady"
zpty -r session answer '*ready*'
zpty -w -n session "espcap $2"$'\t\t'
zpty -r session answer "*$3*"
print -r -- $answer
"""


@pytest.mark.parametrize(("line", "wanted"), [
    ("--format t", "--format text"), ("template --", "--install"), ("--skip-d", "--skip-duplicates"),
])
def test_zsh_completes(line, wanted):
    offered, said = printed("zsh", "-f", "-c", ZSH, "zsh", REFERENCE, line, wanted)
    assert said == ""
    assert wanted in offered


UNITS = ["espcap@eth0.service", "espcap-watch@var-captures.service"]


@pytest.mark.parametrize("instance", UNITS)
def test_units_are_sound_and_confined(instance, tmp_path):
    template = instance.partition("@")[0] + "@.service"
    # Its program isn't installed here.
    text = (BUILD / "systemd" / template).read_text().replace("/usr/local/bin/espcap", str(ESPCAP))
    unit = tmp_path / instance
    unit.write_text(text)
    assert "User=espcap" in text and "NoNewPrivileges=yes" in text
    # Only what ended unasked is started anew; a worker that the kernel ends for memory ends no service.
    assert {"SuccessExitStatus=2", "RestartPreventExitStatus=1", "OOMPolicy=continue"} <= set(text.splitlines())
    if shutil.which("systemd-analyze"):
        _, said = printed("systemd-analyze", "verify", "--man=no", unit)
        assert [line for line in said.splitlines() if instance in line] == []
        subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=25", unit], check=True,
                       capture_output=True, timeout=60)


def test_the_version_is_in_one_place():
    version = printed(ESPCAP, "--version")[0].split()[1].rstrip(",")
    assert f"project(espcap VERSION {version} " in (ROOT / "CMakeLists.txt").read_text()
    for path in [*(ROOT / "debian").rglob("*"), *(ROOT / "packaging").glob("*")]:
        assert not path.is_file() or version not in path.read_text(), path
