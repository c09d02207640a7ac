# SPDX-License-Identifier: GPL-2.0-or-later
"""A TCP relay before a real server, to see what a client sends."""
import socket
import threading


class Relay:
    """with Relay(port of the server) as relay: connect to relay.port, then look at requests().

    From the first piece on in which `stops_at` is found, it takes nothing more from the client. It closes the first
    connections, as many as `closes`, as a server does that ends."""

    def __init__(self, server_port, address="127.0.0.1", stops_at=None, closes=0):
        self.server_port = server_port
        self.closes = closes
        self.stops_at = stops_at
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family)
        self.port = self.listener.getsockname()[1]
        self.sent = []  # one bytearray a connection

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def requests(self):
        """(first line, headers by lower-case name, body) of all requests so far."""
        found = []
        for data in self.sent:
            rest = bytes(data)
            while rest:
                head, _, rest = rest.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in
                           (line.partition(":") for line in lines)}
                length = int(headers.get("content-length", 0))
                found.append((first, headers, rest[:length]))
                rest = rest[length:]
        return found

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed
                return
            if self.closes > 0:
                self.closes -= 1
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self.server_port))
            record = bytearray()
            self.sent.append(record)
            for pair in ((client, server, record), (server, client, None)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source, target, record):
        try:
            while data := source.recv(1 << 16):
                if record is not None:
                    record += data
                    if self.stops_at is not None and self.stops_at in record:
                        return
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one side is gone: so is the other
            pass
