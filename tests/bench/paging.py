# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a server for the same pages as `espcap packets '*'`, and throws them away: the server's own pace.

Usage: paging.py URL PAGE
"""
import http.client
import json
import sys
import urllib.parse

NEEDED = "filter_path=pit_id,_scroll_id,hits.hits._id,hits.hits._source,hits.hits.sort,error,status"


def page(point, size, after):
    body = {"size": size, "track_total_hits": False, "pit": {"id": point, "keep_alive": "5m"},
            "_source": ["espcap.file", "espcap.frame", "espcap.offset", "espcap.digest"],
            "query": {"bool": {"filter": [{"query_string": {"query": "*"}}, {"exists": {"field": "espcap.file"}}]}},
            "sort": ["_shard_doc"]}
    return {**body, "search_after": after} if after else body


def main(url, size):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)

    def ask(method, path, body=None):
        connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        return connection.getresponse().read()

    point = json.loads(ask("POST", "/packets-*/_pit?keep_alive=5m"))["id"]
    after, hits = None, 0
    while True:
        answer = ask("POST", f"/_search?allow_partial_search_results=false&{NEEDED}", page(point, size, after))
        found = answer.count(b'"_source"')
        hits += found
        if found < size:
            break
        after, _ = json.JSONDecoder().raw_decode(answer[answer.rindex(b'"sort":') + len(b'"sort":'):].decode())
    ask("DELETE", "/_pit", {"id": point})
    print(hits)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
