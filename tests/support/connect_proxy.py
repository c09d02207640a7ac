# SPDX-License-Identifier: GPL-2.0-or-later
"""A proxy that takes CONNECT, with a password, and keeps what it is asked."""
import base64
import contextlib
import socket
import threading


class ConnectProxy:
    """with ConnectProxy("user:password") as proxy: proxy.port takes clients, proxy.requests keeps
    the head of each request."""

    def __init__(self, credentials):
        self.wanted = "Basic " + base64.b64encode(credentials.encode()).decode()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.requests = []

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        head = b""
        while b"\r\n\r\n" not in head:
            data = client.recv(4096)
            if not data:
                return
            head += data
        text = head.decode("latin-1")
        self.requests.append(text)
        if f"Proxy-Authorization: {self.wanted}\r\n" not in text:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n"
                           b"Proxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n")
            client.close()
            return
        host, _, port = text.split(" ", 2)[1].rpartition(":")
        server = socket.create_connection((host, int(port)))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source, target):
        with contextlib.suppress(OSError):  # one side is gone: so is the other
            while data := source.recv(1 << 16):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
