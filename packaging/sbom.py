#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A software bill of materials (CycloneDX 1.5, JSON) of a built espcap, on standard output.

    sbom.py PROGRAM VERSION

Components are the Debian packages whose libraries the program loads, and those whose headers or scripts are
built into it. The same program with the same packages gives the same bytes."""
import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import uuid

BUILT_IN = ["libcli11-dev", "libexpected-dev", "libjs-chart.js", "nlohmann-json3-dev"]


def printed(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def libraries(program):
    """Paths of all that the dynamic linker loads for it."""
    for line in printed("ldd", program).splitlines():
        path = line.split("=>")[-1].split("(")[0].strip()
        if path.startswith("/"):
            yield path


def package_of(path):
    """None: no package has the file."""
    # Debian's packages may have listed a file by its name before /lib and /usr/lib became one.
    real = os.path.realpath(path)
    for name in dict.fromkeys((path, real, real.removeprefix("/usr"), "/usr" + real)):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    return None


def component(package):
    name, version, architecture, homepage = printed(
        "dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}\t${Homepage}", package).split("\t")
    purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}"
    described = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if homepage:
        described["externalReferences"] = [{"type": "website", "url": homepage}]
    return described


def main():
    program, version = sys.argv[1:]
    packages = {package_of(path) for path in libraries(program)} - {None}
    headers = [name for name in BUILT_IN
               if subprocess.run(["dpkg-query", "-W", name], capture_output=True, check=False).returncode == 0]
    components = sorted(map(component, [*packages, *headers]), key=lambda each: each["bom-ref"])
    digest = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()
    espcap = {"type": "application", "bom-ref": f"espcap@{version}", "name": "espcap", "version": version,
              "licenses": [{"license": {"id": "GPL-2.0-or-later"}}], "hashes": [{"alg": "SHA-256", "content": digest}]}
    metadata = {"component": espcap}
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        at = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
        metadata = {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"), **metadata}
    content = json.dumps([espcap, components])
    json.dump({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}", "version": 1,
        "metadata": metadata, "components": components,
        "dependencies": [{"ref": espcap["bom-ref"], "dependsOn": [each["bom-ref"] for each in components]}],
    }, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
