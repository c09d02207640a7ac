# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Elasticsearch or OpenSearch on loopback, and what tests ask of it."""
import contextlib
import http.client
import json
import os
import pathlib
import subprocess
import urllib.parse

from ports import free_ports

RUN = pathlib.Path(__file__).resolve().parent / "servers" / "run.sh"
START_S = 300  # the first time its jars are fetched
KINDS = ("elasticsearch", "opensearch")
PAGE = 10_000  # documents: the most that a search gives at once


class Server:
    """A node that keeps its port and its data over kill() and start().

    `settings` are those of the node, as "name=value"."""

    def __init__(self, home, *settings, kind="elasticsearch", heap="512m"):
        self.home = pathlib.Path(home)
        self.heap = heap
        self.kind = kind
        self.settings = settings
        self.port = free_ports(1)[0]

    indices = "packets-*"  # where espcap puts documents if nothing else is said

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.remove()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def options(self):
        """Of espcap, to deliver here."""
        return ["--node", self.url]

    @property
    def pid(self):
        return int((self.home / "server.pid").read_text())

    def attach(self):
        """Whether a node runs on this home already; then this object is that node."""
        try:
            self.port = int((self.home / "server.port").read_text())
            return self.request("GET", "/")[0] == 200
        except (OSError, ValueError):
            return False

    def start(self):
        arguments = [argument for setting in self.settings for argument in ("-E", setting)]
        started = subprocess.run(
            [RUN, "start", "--home", self.home, "--server", self.kind, "--port", str(self.port),
             *arguments], check=True, stdout=subprocess.PIPE, text=True, timeout=START_S,
            env={**os.environ, "ESPCAP_SERVER_HEAP": self.heap})
        self.port = int(started.stdout.strip().rsplit(":", 1)[1])
        return self

    def stop(self):
        subprocess.run([RUN, "stop", "--home", self.home], check=True, timeout=60)

    def kill(self):
        """As a crash; it is gone on return."""
        subprocess.run([RUN, "kill", "--home", self.home], check=True, timeout=60)

    def remove(self):
        """With all its data."""
        subprocess.run([RUN, "remove", "--home", self.home], check=True, timeout=60)

    def send(self, method, path, data=None, headers=None):
        """(status, headers, body as bytes)."""
        headers = {"Content-Type": "application/json"} if headers is None else headers
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def request(self, method, path, body=None):
        """(status, parsed body)."""
        data = None if body is None else json.dumps(body).encode()
        status, _, answer = self.send(method, path, data)
        return status, json.loads(answer or b"null")

    def search_all(self, searches):
        """Answers to pairs of a header and a body, in one request."""
        lines = "".join(json.dumps(one) + "\n" for one in searches)
        status, _, answer = self.send("POST", "/_msearch", lines.encode(), {"Content-Type": "application/x-ndjson"})
        assert status == 200, answer
        return json.loads(answer)["responses"]

    def count(self, indices, query=None):
        self.request("POST", f"/{indices}/_refresh")
        status, answer = self.request("POST", f"/{indices}/_count",
                                      {"query": query} if query else {})
        assert status == 200, answer
        return answer["count"]

    def count_so_far(self, indices):
        """0 also while an index is being made, or the server is away."""
        try:
            self.request("POST", f"/{indices}/_refresh")
            status, answer = self.request("GET", f"/{indices}/_count")
        except OSError:
            return 0
        return answer["count"] if status == 200 else 0

    def ids(self, indices, query):
        """The _ids of all documents a query finds, as a set."""
        found = self.all_ids(indices, query)
        assert len(set(found)) == len(found)
        return set(found)

    def all_ids(self, indices, query=None):
        """The _ids of all documents, however many, as a list: what is there twice is in it twice."""
        search = {"_source": False}
        if query is not None:
            search["query"] = query
        return [hit["_id"] for hit in self._hits(indices, search)]

    def all_sources(self, indices):
        """All documents, as they were sent."""
        return [hit["_source"] for hit in self._hits(indices, {})]

    def _hits(self, indices, search):
        self.request("POST", f"/{indices}/_refresh")
        status, answer = self.request("POST", f"/{indices}/_search?scroll=1m",
                                      {"size": PAGE, "sort": ["_doc"], **search})
        found = []
        while status == 200 and answer["hits"]["hits"]:
            page = answer["hits"]["hits"]
            found += page
            if len(page) < PAGE:
                break
            status, answer = self.request("POST", "/_search/scroll",
                                          {"scroll": "1m", "scroll_id": answer["_scroll_id"]})
        assert status == 200, answer
        self.request("DELETE", "/_search/scroll", {"scroll_id": answer["_scroll_id"]})
        return found

    def clear(self):
        self.request("DELETE", "/_index_template/espcap-*")
        self.request("DELETE", "/_component_template/espcap-*")
        self.delete_indices("*")

    def delete_indices(self, pattern):
        """One by one: a server refuses wildcards there."""
        status, indices = self.request("GET", f"/_cat/indices/{pattern}?format=json")
        assert status == 200, indices
        for index in indices:
            status, answer = self.request(
                "DELETE", "/" + urllib.parse.quote(index["index"], safe=""))
            assert status == 200, answer
