# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates for tests, made by openssl: authorities, servers, clients, good and bad ones."""
import datetime
import hashlib
import pathlib
import ssl
import subprocess

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
AUTHORITY = """[ca]
default_ca = own
[own]
new_certs_dir = {folder}
database = {folder}/{name}.index
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def fingerprint(certificate):
    """SHA-256 of a PEM file's first certificate, as Elasticsearch prints it."""
    pem = pathlib.Path(certificate).read_text(encoding="ascii").split("-----END CERTIFICATE-----")[0]
    der = ssl.PEM_cert_to_DER_cert(pem + "-----END CERTIFICATE-----\n")
    return hashlib.sha256(der).hexdigest()


class Pair:
    """A certificate and its key, as files."""

    def __init__(self, certificate, key):
        self.certificate = certificate
        self.key = key


def day(offset):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)
    return moment.strftime("%Y%m%d%H%M%SZ")


class Authority:
    """A CA of its own below `folder`."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = name
        self.certificate = folder / f"{name}.pem"
        self.key = folder / f"{name}.key"
        self.config = folder / f"{name}.cnf"
        self.config.write_text(AUTHORITY.format(folder=folder, name=name), encoding="ascii")
        (folder / f"{name}.index").touch()
        openssl("req", "-x509", *KEY, "-keyout", self.key, "-out", self.certificate, "-days", "30",
                "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
                "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, *names, start=-1, end=10):
        """A certificate for `names` ("DNS:…", "IP:…"), good from day `start` to day `end`."""
        pair = Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        request = self.folder / f"{name}.csr"
        extensions = ["-addext", "subjectAltName=" + ",".join(names)] if names else []
        openssl("req", "-new", *KEY, "-keyout", pair.key, "-out", request, "-subj", f"/CN={name}",
                *extensions)
        openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.certificate,
                "-keyfile", self.key, "-in", request, "-out", pair.certificate,
                "-startdate", day(start), "-enddate", day(end))
        pair.key.chmod(0o600)
        return pair


def self_signed(folder, name, *names):
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    openssl("req", "-x509", *KEY, "-keyout", pair.key, "-out", pair.certificate, "-days", "10",
            "-subj", f"/CN={name}", "-addext", "subjectAltName=" + ",".join(names))
    return pair
