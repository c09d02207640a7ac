# SPDX-License-Identifier: GPL-2.0-or-later
"""A fault of the proxy: a client that has no right to the server."""
from fault_proxy import Reply


class Guard:
    """Takes requests with this token only, as a proxy or the server's security does."""

    def __init__(self, token):
        self.token = token
        self.refused = 0
        self.accepted_bulks = 0

    def __call__(self, exchange):
        if exchange.headers.get("authorization") != f"Bearer {self.token}":
            self.refused += 1
            body = b'{"error":{"type":"security_exception","reason":"token expired"},"status":401}'
            return exchange.reply(Reply(401, {"content-type": "application/json"}, body))
        self.accepted_bulks += exchange.path.startswith("/_bulk")
        return exchange.reply(exchange.forward())


def token_file(folder, token):
    path = folder / "token"
    path.write_text(token + "\n", encoding="ascii")
    path.chmod(0o600)
    return path
