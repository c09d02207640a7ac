# SPDX-License-Identifier: GPL-2.0-or-later
"""A server on loopback that takes documents and answers at once: what is left is the sender's own work.

It is Elasticsearch only as far as a run asks: who it is, templates, _bulk."""
import contextlib
import http.server
import json
import multiprocessing
import zlib

IDENTITY = {"version": {"number": "8.15.5", "build_flavor": "default"}, "tagline": "You Know, for Search"}
ITEM = b'{"create":{"status":201}}'
GZIP = 16 + zlib.MAX_WBITS


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body of an answer together

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass

    def _answer(self, body, status=200):
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _body(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        return zlib.decompress(body, GZIP) if self.headers.get("Content-Encoding") == "gzip" else body

    def do_GET(self):  # pylint: disable=invalid-name
        if self.path == "/":
            return self._answer(json.dumps(IDENTITY).encode())
        return self._answer(b"{}", 404)

    def do_PUT(self):  # pylint: disable=invalid-name
        self._body()
        self._answer(b'{"acknowledged":true}')

    def do_POST(self):  # pylint: disable=invalid-name
        documents = self._body().count(b"\n") // 2
        self._answer(b'{"errors":false,"items":[' + b",".join([ITEM] * documents) + b"]}")


def _serve(connection):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    connection.send(server.server_address[1])
    server.serve_forever()


@contextlib.contextmanager
def bulk_server():
    """Its URL. It is a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        process.terminate()
        process.join()
