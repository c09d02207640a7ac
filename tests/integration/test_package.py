# SPDX-License-Identifier: GPL-2.0-or-later
"""The source tarball of a commit, and what the package says of itself. `./dev matrix RELEASE install` tries the package."""
import importlib.util
import os
import re
import shutil
import subprocess
import tarfile

import pytest
from project import ROOT

SOURCE = ROOT / "packaging" / "source.sh"
# For building and for the tests; a package's build has the first ones already, and runs no tests.
ESSENTIAL = {"ca-certificates", "g++"}
OF_TESTS = {"libgtest-dev"}
OF_PACKAGING = {"debhelper-compat", "dh-sequence-installsysusers"}


def git(folder, *arguments):
    settings = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
    return subprocess.run(["git", "-C", folder, *settings, *arguments], check=True, capture_output=True, text=True,
                          env={**os.environ, "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+0500"}).stdout


@pytest.fixture
def clone(tmp_path):
    """A repository of one commit, with what source.sh reads."""
    folder = tmp_path / "clone"
    (folder / "packaging").mkdir(parents=True)
    (folder / "debian").mkdir()
    shutil.copy(SOURCE, folder / "packaging")
    (folder / "CMakeLists.txt").write_text("project(espcap VERSION 1.2.3 LANGUAGES CXX\n")
    (folder / "debian" / "control").write_text("Source: espcap\nMaintainer: A <a@b.example>\n")
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def tarball(clone):
    folder = clone.parent / "out"
    folder.mkdir(exist_ok=True)
    run = subprocess.run([clone / "packaging" / "source.sh", folder], check=True, capture_output=True, text=True)
    return folder / os.path.basename(run.stdout.strip())


def version(clone):
    return tarball(clone).name.removeprefix("espcap-").removesuffix(".tar.gz")


def test_a_version_is_higher_than_what_was_before_it(clone):
    before = version(clone)
    git(clone, "tag", "v1.2.3")
    released = version(clone)
    git(clone, "commit", "-q", "--allow-empty", "-m", "next")
    after = version(clone)
    assert released == "1.2.3"
    for lower, higher in [("1.2.2", before), (before, released), (released, after), (after, "1.2.4")]:
        assert subprocess.run(["dpkg", "--compare-versions", lower, "lt", higher], check=False).returncode == 0, lower


def test_a_tarball_is_the_commit_and_its_changelog_alone(clone):
    git(clone, "tag", "v1.2.3")
    (clone / "not-committed").write_text("")
    (clone / "CMakeLists.txt").write_text("changed\n")
    with tarfile.open(tarball(clone)) as archive:
        names = {member.name for member in archive if member.isfile()}
        changelog = archive.extractfile("espcap-1.2.3/debian/changelog").read().decode()
        cmake = archive.extractfile("espcap-1.2.3/CMakeLists.txt").read().decode()
    tracked = git(clone, "ls-files").split()
    assert names == {f"espcap-1.2.3/{name}" for name in [*tracked, "debian/changelog"]}
    assert cmake.startswith("project(")
    assert changelog.startswith("espcap (1.2.3-1) unstable; urgency=medium\n\n  * ")
    assert changelog.endswith("\n -- A <a@b.example>  Thu, 1 Jan 2026 22:04:05 +0000\n")


def test_the_same_commit_gives_the_same_bytes(clone, tmp_path):
    first = tarball(clone).read_bytes()
    other = tmp_path / "elsewhere"
    git(tmp_path, "clone", "-q", clone, other)
    os.utime(other / "CMakeLists.txt", (0, 0))
    assert tarball(other).read_bytes() == first


def test_a_package_is_built_with_what_dev_installs():
    control = (ROOT / "debian" / "control").read_text()
    (wanted,) = re.findall(r"^Build-Depends:\n((?: .*\n)+)", control, re.M)
    (installed,) = re.findall(r"^build_packages=\((.*?)\)", (ROOT / "dev").read_text(), re.M | re.S)
    names = {line.split()[0].rstrip(",") for line in wanted.splitlines()}
    assert names - OF_PACKAGING == set(installed.split()) - ESSENTIAL - OF_TESTS


spec = importlib.util.spec_from_file_location("set_version", ROOT / "packaging" / "set_version.py")
set_version = importlib.util.module_from_spec(spec)
spec.loader.exec_module(set_version)
CMAKE = "cmake_minimum_required(VERSION 3.25)\nproject(espcap VERSION 1.2.3 LANGUAGES CXX\n"
CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n- New.\n\n## [1.2.3] - 2026-01-01\n\n- Old.\n"


def test_links_of_pages_lead_somewhere_in_the_package():
    """Pages link to what is next to them there."""
    rules = (ROOT / "cmake" / "EspcapInstall.cmake").read_text()
    pages = re.search(r"install\(FILES (README.md[^\n]*)", rules)[1].split()
    examples = re.search(r"install\(FILES (config/README.md[^\n]*)", rules)[1].split()
    assert "usr/share/doc/espcap/examples usr/share/doc/espcap/config" in (ROOT / "debian" / "espcap.links").read_text()
    installed = {*pages, *examples, *(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.*"))}
    broken = []
    for page in sorted(name for name in installed if name.endswith(".md")):
        for target in re.findall(r"\]\(([^)#]+)[)#]", (ROOT / page).read_text()):
            place = os.path.normpath(os.path.join(os.path.dirname(page), target))
            if not target.startswith("http") and place not in installed:
                broken.append(f"{page}: {target}")
    assert broken == []


def test_a_release_sets_the_version_and_its_section():
    cmake, changelog = set_version.changed(CMAKE, CHANGELOG, "1.10.0", "2026-02-01")
    assert cmake == CMAKE.replace("1.2.3", "1.10.0")
    assert changelog == CHANGELOG.replace("## [Unreleased]\n", "## [Unreleased]\n\n## [1.10.0] - 2026-02-01\n")


@pytest.mark.parametrize(("version", "changelog", "message"), [
    ("1.2.3", CHANGELOG, "is in CHANGELOG.md already"),
    ("1.2.2", CHANGELOG, "is lower than 1.2.3"),
    ("1.3", CHANGELOG, "is no version"),
    ("1.03.0", CHANGELOG, "is no version"),
    ("1.3.0", CHANGELOG.replace("- New.\n", ""), "nothing to release"),
    ("1.3.0", "# Changelog\n", "nothing to release"),
])
def test_what_cannot_be_released_says_why(version, changelog, message):
    with pytest.raises(ValueError, match=message):
        set_version.changed(CMAKE, changelog, version, "2026-02-01")


def test_the_project_itself_can_be_released():
    texts = [(ROOT / name).read_text() for name in ("CMakeLists.txt", "CHANGELOG.md")]
    cmake, _ = set_version.changed(*texts, "9999.0.0", "2026-02-01")
    assert "project(espcap VERSION 9999.0.0 " in cmake
