# SPDX-License-Identifier: GPL-2.0-or-later
"""A real nginx on loopback, before a real Elasticsearch."""
import pathlib
import subprocess

from ports import free_ports, is_listened_at
from waiting import wait_until

CONFIGURATION = """daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    client_max_body_size 0;
    {common}
{servers}
}}
"""
SERVER = """    server {{
        listen {listen};
        {settings}
        location / {{ proxy_pass {behind}; }}
    }}
"""


def tls(pair):
    """Settings of a server with this certificate."""
    return f"ssl_certificate {pair.certificate}; ssl_certificate_key {pair.key};"


class Nginx:
    """with Nginx(folder, URL behind, {name: settings}) as nginx: nginx.ports[name] forwards.

    A server whose settings have a certificate speaks TLS."""

    def __init__(self, folder, behind, servers, common=""):
        self.folder = pathlib.Path(folder)
        self.ports = dict(zip(servers, free_ports(len(servers))))
        blocks = [SERVER.format(listen=f"127.0.0.1:{self.ports[name]}" + (
            " ssl" if "ssl_certificate" in settings else ""), settings=settings, behind=behind)
            for name, settings in servers.items()]
        self.configuration = self.folder / "nginx.conf"
        self.configuration.write_text(CONFIGURATION.format(
            folder=self.folder, common=common, servers="".join(blocks)), encoding="ascii")
        self.process = None

    def __enter__(self):
        errors = self.folder / "error.log"
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-p", self.folder, "-e", errors, "-c",
                                         self.configuration])
        for port in self.ports.values():
            wait_until(lambda port=port: self.process.poll() is not None or is_listened_at(port),
                       what=f"nginx listens at {port}",
                       state=lambda: errors.read_text(encoding="utf-8"))
        assert self.process.poll() is None, errors.read_text(encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=60)
