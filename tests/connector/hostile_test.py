"""Every command of the connector, and scimkit-check, against a server that spoils what it says at random: values, names, bytes,
statuses, headers, framing.

No crash, no endless loop, an exit code of the documented ones, nothing on the terminal that it would obey, no credentials. A seed that
fails is named; SCIMKIT_SEED=N runs that one alone.
"""
import json
import os
import random
import subprocess
import time
import unittest
import urllib.parse

from support import *

CHECK = os.environ["SCIMKIT_CHECK"]
SEEDS = [int(os.environ["SCIMKIT_SEED"])] if "SCIMKIT_SEED" in os.environ else [1, 2, 3, 4, random.randrange(1 << 30)]
ODD = [None, True, -1, 1e308, 2 ** 64, "", "x" * 70_000, [], {}, [None], [1, "x", {}], ".", "..", "../..", "a/b?c#d", "bulkId:x",
       "a\x1b]0;x\x07", "\u009b31m", "\0", "9999-12-31T23:59:59Z", "2026-13-45T99:99:99Z", "=cmd|x!A0", "<script>", USER, TOKEN]
STATUSES = [200, 201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 409, 410, 412, 429, 500, 501, 503, 599, 999]
HEADERS = {"Content-Type": ["text/html", "", "x" * 3_000], "Retry-After": ["-1", "9" * 30, "Sun, 06 Nov 1994 08:49:37 GMT"],
           "ETag": ["x" * 9_000, "\x01", "*"], "Location": ["http://127.0.0.1:1/Users/9", "../../x", "//other.example/Users/7", ""]}
BYTES = [b"\0", b"\xff\xfe", b"[" * 5_000, b"\\u0000", b"1e999", b'"id":', b"\xef\xbb\xbf", b"<html>"]


def person(number):
    return {**users(number, number + 1)[0], "externalId": f"e{number}", "emails": [{"value": f"u{number}@example.com", "type": "work"}],
            ENTERPRISE: {"department": "1", "manager": {"value": "u1"}}}


def team(number):
    return {"schemas": [GROUP], "id": f"g{number}", "displayName": f"g{number}", "members": [{"value": f"u{i}"} for i in range(3)],
            "meta": {"resourceType": "Group", "lastModified": "2026-01-01T00:00:00Z"}}


class Spoiler:
    """What a good server would say, and what becomes of it."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.measure = self.chance.choice([0.1, 0.3, 0.6, 1])  # of answers that are spoiled
        self.depth = self.chance.choice([0.01, 0.03, 0.1, 0.3])  # of values within them
        self.delta, self.cursor = self.chance.random() < 0.5, self.chance.random() < 0.4
        self.spoils = False

    def __call__(self, path, query):
        status, said, headers = self.good(path, query)
        if not self.spoils:
            return status, said, headers
        if self.happens():
            said = self.spoiled(said)
        data = json.dumps(said).encode()
        if self.happens(3):
            data = self.spoiled_bytes(bytearray(data))
        status = self.chance.choice(STATUSES) if self.happens(4) else status
        headers = {name: self.chance.choice(values) for name, values in HEADERS.items() if self.happens(4)}
        if self.happens(8):
            return b"HTTP/1.0 %d X\r\nContent-Length: %d\r\n\r\n" % (status, len(data) + 50) + data
        if self.happens(8):
            return b"HTTP/1.0 %d X\r\n" % status + b"X: y\r\n" * 20_000 + b"\r\n" + data
        return None if self.happens(12) else (status, data, headers)

    def happens(self, seldom=1):
        return self.chance.random() < self.measure / seldom

    def good(self, path, query):
        if path == "/ServiceProviderConfig":
            return 200, {"patch": {"supported": True}, "filter": {"supported": True}, "etag": {"supported": True},
                         "sort": {"supported": True}, "DeltaQuery": {"supported": self.delta},
                         "pagination": {"cursor": self.cursor, "index": not self.cursor}}, {}
        kind, make, count = ("/Users", person, 25) if path.startswith("/Users") else ("/Groups", team, 3)
        if not path.startswith(kind):
            return not_found()
        rest = path.removeprefix(kind)
        if rest == "/.deltaToken":
            return 200, {"value": "t"}, {}
        if rest == "/.delta":
            end = {"nextDeltaToken": {"value": "t"}} if self.chance.random() < 0.6 else {"nextCursor": str(self.chance.randrange(99))}
            return delta_page([make(i) for i in range(1, self.chance.randrange(1, 9))], **end)
        if rest.startswith("/") and rest != "/.search":
            return 200, make(5), {}
        start = int(query.get("startIndex", 1))
        more = {"nextCursor": str(self.chance.randrange(40))} if self.cursor and self.chance.random() < 0.7 else {}
        return page([make(i) for i in range(start, min(start + 10, count + 1))], count, startIndex=start, **more)

    def odd(self):
        if self.chance.random() < 0.05:
            deep = []
            for _ in range(self.chance.choice([31, 40, 900])):
                deep = [deep]
            return deep
        return self.chance.choice(ODD)

    def spoiled(self, value):
        if self.chance.random() < self.depth:
            return self.odd()
        if isinstance(value, dict):
            kept = {(name if self.chance.random() > self.depth / 2 else self.chance.choice([name.upper(), "", "id", "meta", "x" * 300])):
                    self.spoiled(inner) for name, inner in value.items() if self.chance.random() > self.depth / 2}
            if self.chance.random() < self.depth:
                kept[self.chance.choice(["password", "members", "id", "meta", "schemas", "nextCursor", "totalResults"])] = self.odd()
            return kept
        if isinstance(value, list):
            kept = [self.spoiled(inner) for inner in value if self.chance.random() > self.depth / 3]
            return kept + kept[:1] * 200 if self.chance.random() < self.depth else kept
        return value

    def spoiled_bytes(self, data):
        at = self.chance.randrange(len(data))
        change = self.chance.randrange(4)
        if change == 0:
            data[at] = self.chance.randrange(256)
        elif change == 1:
            del data[at:]
        elif change == 2:
            data[at:at] = self.chance.choice(BYTES)
        else:
            del data[at:at + self.chance.randrange(20)]
        return bytes(data) or b"x"


class Hostile(ConnectorTest):
    def survives(self, server, command, name):
        del server.requests[:], server.bodies[:]
        begin = time.monotonic()
        done = subprocess.run(command, cwd=self.folder, env={**self.environment, "SCIM_TOKEN": TOKEN}, capture_output=True, timeout=300)
        said = (done.stdout + done.stderr).decode("utf-8", "replace").replace("\r\n", "\n")
        self.assertIn(done.returncode, range(8), name + said)
        self.assertNotIn("Sanitizer", said, name)
        self.assertEqual([c for c in said if ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0], [], name)
        self.assertLess(len(server.requests), 3_000, name)
        self.assertLess(time.monotonic() - begin, 200, name)

    def test_what_is_spoiled_at_random_is_survived_by_every_command(self):
        for seed in SEEDS:
            spoiler = Spoiler(seed)
            server = self.misbehave(spoiler)
            more = "attempts = 1\ntimeout = 10\nwrite = true\npage-size = 10"
            self.configure(c=(server.url, more + "\nauthoritative = true"), t=(server.url, more))
            self.run_connector("import", "c", "--restart")
            spoiler.spoils = True
            for command in (["test", "c"], ["discover", "c"], ["sync", "c"], ["import", "c", "--restart"], ["sync", "c", "--removals"],
                            ["push", "c", "t", "--apply", "--many"], ["deactivate", "c", "u1"], ["report"], ["report", "--csv"],
                            ["report", "--html", "report.html"]):
                self.survives(server, [CONNECTOR, *command], f"seed {seed}, {command}: ")
            self.survives(server, [CHECK, server.url, "--write", "--html", "check.html"], f"seed {seed}, check: ")
            for written in ("report.html", "check.html"):
                if (self.folder / written).exists():
                    self.assertNotIn("<script", (self.folder / written).read_text(encoding="utf-8"), f"seed {seed}")


if __name__ == "__main__":
    unittest.main()
