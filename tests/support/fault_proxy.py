# SPDX-License-Identifier: GPL-2.0-or-later
"""An HTTP relay before a real server that breaks what a test tells it to break, while it runs.

    with FaultProxy(server.port) as proxy:
        proxy.next(Answer(503, retry_after=1), CutResponse())  # the next two _bulk requests
        proxy.at_random(0.3, seed, Delay(0.2), CutRequest())   # then each with this probability
        proxy.always(Hang())                                   # until heal()
        proxy.refuse()                                         # nobody listens, until listen()

Faults strike `_bulk` requests only, or those that `strikes` selects by their path. A fault is an object whose __call__ gets an
Exchange: one request, with what can be done with it.
"""
import collections
import contextlib
import dataclasses
import functools
import gzip
import http.client
import json
import random
import socket
import struct
import threading
import time

HOP_BY_HOP = {"connection", "content-length", "expect", "keep-alive", "transfer-encoding"}
SERVER_S = 120  # longer than any test waits


class Cut(Exception):
    """The client's connection ends here."""


@dataclasses.dataclass
class Reply:
    """A whole answer, of the server or of the proxy."""
    status: int
    headers: dict
    body: bytes

    def plain(self):
        """The same, not compressed."""
        if self.headers.get("content-encoding") != "gzip":
            return self
        headers = {name: value for name, value in self.headers.items() if name != "content-encoding"}
        return Reply(self.status, headers, gzip.decompress(self.body))

    def encoded(self):
        headers = {**self.headers, "content-length": str(len(self.body))}
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Unknown')}",
                 *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


# --- faults ----------------------------------------------------------------------------------------


class Pass:
    """No fault."""

    def __call__(self, exchange):
        exchange.reply(exchange.forward())


@dataclasses.dataclass
class Delay:
    """The answer comes so much later. The server has it in time."""
    seconds: float

    def __call__(self, exchange):
        answer = exchange.forward()
        exchange.sleep(self.seconds)
        exchange.reply(answer)


@dataclasses.dataclass
class CutRequest:
    """The connections end in the middle of the request's body, on both sides."""
    share: float = 0.5
    reset: bool = True

    def __call__(self, exchange):
        exchange.forward_part(self.share)
        exchange.cut(self.reset)


@dataclasses.dataclass
class CutResponse:
    """The connection ends in the middle of the answer; the server has taken the documents."""
    share: float = 0.5
    reset: bool = True

    def __call__(self, exchange):
        encoded = exchange.forward().encoded()
        exchange.send(encoded[:int(len(encoded) * self.share)])
        exchange.cut(self.reset)


@dataclasses.dataclass
class Answer:
    """An answer of the proxy's own, without the server or, with `forwards`, after it has taken the documents."""
    status: int
    retry_after: object = None  # seconds or an HTTP date
    forwards: bool = False
    body: bytes = b"<html><body><h1>Bad Gateway</h1></body></html>\n"

    def __call__(self, exchange):
        if self.forwards:
            exchange.forward()
        headers = {"content-type": "text/html"}
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        exchange.reply(Reply(self.status, headers, self.body))


@dataclasses.dataclass
class Garbage:
    """200 with a body that is no answer to the request: kind is one of KINDS.

    The server has taken the documents, unless told otherwise."""
    kind: str
    forwards: bool = True
    KINDS = ("html", "empty", "cut", "fewer", "more", "none", "other")

    def __call__(self, exchange):
        answer = exchange.forward() if self.forwards else Reply(
            200, {"content-type": "application/json"}, b'{"items":[{"create":{"status":201}}]}')
        answer = answer.plain()
        exchange.reply(Reply(200, answer.headers, self._body(answer.body)))

    def _body(self, body):
        if self.kind == "html":
            return b"<html><body>Sign in to the network</body></html>"
        if self.kind == "empty":
            return b""
        if self.kind == "cut":
            return body[:len(body) // 2]
        if self.kind == "other":
            return b'{"acknowledged":true}'
        parsed = json.loads(body)
        items = parsed.get("items", [])
        parsed["items"] = {"fewer": items[:-1], "more": items + items[-1:], "none": []}[self.kind]
        return json.dumps(parsed).encode()


NESTED = b"[" * 500_000 + b"]" * 500_000


@functools.cache
def long_list(is_compressed):
    """60 MiB of small values."""
    text = b"[" + b"[]," * (20 << 20) + b"[]]"
    return gzip.compress(text, 6) if is_compressed else text


@dataclasses.dataclass
class Unreadable:
    """JSON that is nested half a million deep, 60 MiB long, or as long when it is decompressed: kind is one of KINDS.

    What is nested is one document's error, where the request has documents. The server has taken the request."""
    kind: str
    status: int = 200
    KINDS = ("nested", "long", "bomb")

    def __call__(self, exchange):
        answer = exchange.forward()
        headers = {"content-type": "application/json"}
        if self.kind == "bomb":
            headers["content-encoding"] = "gzip"
        exchange.reply(Reply(self.status, headers, self._body(exchange, answer.plain().body)))

    def _body(self, exchange, body):
        if self.kind != "nested":
            return long_list(self.kind == "bomb")
        if not exchange.path.startswith("/_bulk"):
            return b'{"error":%s}' % NESTED
        others = b',{"create":{"status":201}}' * (len(json.loads(body)["items"]) - 1)
        return b'{"items":[{"create":{"status":400,"error":%s}}%s]}' % (NESTED, others)


@dataclasses.dataclass
class Hang:
    """No answer, until the client goes or the proxy is healed. `forwards`: the server has the documents."""
    forwards: bool = False

    def __call__(self, exchange):
        if self.forwards:
            exchange.forward()
        exchange.wait_for_heal()
        exchange.cut(reset=False)


# --- the relay -------------------------------------------------------------------------------------


class Exchange:
    """One request of a client."""

    def __init__(self, proxy, client, stream):
        self._proxy = proxy
        self._client = client
        self._stream = stream
        first = stream.readline(65536).decode("latin-1")
        if not first.strip():
            raise Cut
        self.method, self.path, _ = first.split()
        self.headers = {}
        while (line := stream.readline(65536).decode("latin-1").strip()):
            name, _, value = line.partition(":")
            self.headers[name.strip().lower()] = value.strip()
        self._left = int(self.headers.get("content-length", 0))
        self.length = self._left
        self._server_headers = {name: value for name, value in self.headers.items()
                                if name not in HOP_BY_HOP}
        if self.headers.get("expect", "").lower() == "100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _read(self, size):
        data = self._stream.read(size)
        self._left -= len(data)
        if len(data) < size:  # the client has gone
            raise Cut
        return data

    def _connect(self):
        return contextlib.closing(http.client.HTTPConnection(
            "127.0.0.1", self._proxy.server_port, timeout=SERVER_S))

    def forward(self):
        """The whole request to the server: its Reply. A server that isn't there ends the connection."""
        body = self._read(self._left)
        try:
            with self._connect() as connection:
                connection.request(self.method, self.path, body, self._server_headers)
                answer = connection.getresponse()
                headers = {name.lower(): value for name, value in answer.headers.items()
                           if name.lower() not in HOP_BY_HOP}
                return Reply(answer.status, headers, answer.read())
        except (OSError, http.client.HTTPException) as error:
            self._proxy.count("server gone")
            raise Cut from error

    def forward_part(self, share):
        """The head and a part of the body; the server waits for the rest, which never comes."""
        body = self._read(int(self._left * share))
        try:
            with self._connect() as connection:
                connection.putrequest(self.method, self.path, skip_accept_encoding=True)
                for name, value in {**self._server_headers,
                                    "content-length": str(self.length)}.items():
                    if name != "host":
                        connection.putheader(name, value)
                connection.endheaders()
                connection.send(body)
        except OSError:
            self._proxy.count("server gone")

    def send(self, data):
        try:
            self._client.sendall(data)
        except OSError as error:
            raise Cut from error

    def reply(self, reply):
        # What the client still sends would be taken for its next request.
        while self._left > 0:
            self._read(min(self._left, 1 << 16))
        body = reply.body
        if self.method == "HEAD":
            reply = Reply(reply.status, reply.headers, b"")
        self._proxy.note_reply(self, reply.status, body)
        self.send(reply.encoded())

    def cut(self, reset):
        if reset:
            self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise Cut
        # What nobody has read by then would make it a reset.
        self._client.shutdown(socket.SHUT_WR)
        while self._left > 0:
            self._read(min(self._left, 1 << 16))
        raise Cut

    def sleep(self, seconds):
        self._proxy.healed.wait(seconds)

    def wait_for_heal(self):
        """Also ends where the client goes."""
        while not self._proxy.healed.wait(0.05):
            self._client.setblocking(False)
            try:
                if not self._client.recv(1, socket.MSG_PEEK):
                    raise Cut
            except BlockingIOError:
                pass
            except OSError as error:
                raise Cut from error
            finally:
                self._client.setblocking(True)


class FaultProxy:
    """See above. Everything may be called at any time, from the test's thread.

    `address`: where it listens; port 0 is any that is free."""

    def __init__(self, server_port, strikes=lambda path: path.startswith("/_bulk"), index=None,
                 address=("127.0.0.1", 0)):
        self.server_port = server_port
        self.index = index  # for espcap's --index
        self.strikes = strikes
        self.healed = threading.Event()
        self.requests = 0  # of those that faults may strike
        self.times = []  # when each of those came, by the monotonic clock
        self.struck = collections.Counter()  # by the fault's name
        self.replies = []  # (path, status, body) of what came so far as an answer
        self._lock = threading.Lock()
        self._planned = collections.deque()
        self._random = None
        self._always = None
        self._listener = None
        self._clients = set()
        self.host, self.port = address
        self.listen()

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def options(self):
        """Of espcap, to deliver through here."""
        return ["--node", self.url, *(["--index", self.index] if self.index else [])]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.heal()
        self.refuse()

    @property
    def connections(self):
        """How many clients are connected."""
        with self._lock:
            return len(self._clients)

    def next(self, *faults):
        with self._lock:
            self.healed.clear()
            self._planned.extend(faults)

    def at_random(self, probability, seed, *faults):
        with self._lock:
            self.healed.clear()
            self._random = (random.Random(seed), probability, faults)

    def always(self, fault):
        with self._lock:
            self.healed.clear()
            self._always = fault

    def heal(self):
        """No more faults; those that wait go on."""
        with self._lock:
            self._planned.clear()
            self._random = self._always = None
            self.healed.set()

    def refuse(self):
        """Connections are refused, and those that there are end."""
        with self._lock:
            listener, self._listener = self._listener, None
            clients = list(self._clients)
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)  # else accept() would keep it open
            listener.close()
        for client in clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def listen(self):
        """Again, on the same port."""
        listener = socket.create_server((self.host, self.port), backlog=64)
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def count(self, what):
        with self._lock:
            self.struck[what] += 1

    def note_reply(self, exchange, status, body):
        with self._lock:
            self.replies.append((exchange.path, status, body))

    def _choose(self):
        with self._lock:
            self.requests += 1
            self.times.append(time.monotonic())
            if self._planned:
                return self._planned.popleft()
            if self._always is not None:
                return self._always
            if self._random is not None:
                generator, probability, faults = self._random
                if generator.random() < probability:
                    return generator.choice(faults)
            return Pass()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with self._lock:
            self._clients.add(client)
        try:
            with client, client.makefile("rb") as stream:
                while True:
                    exchange = Exchange(self, client, stream)
                    fault = self._choose() if self.strikes(exchange.path) else Pass()
                    self.count(type(fault).__name__)
                    fault(exchange)
        except (Cut, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._clients.discard(client)
