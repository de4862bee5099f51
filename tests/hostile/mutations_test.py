#!/usr/bin/env python3
"""Requests of real clients, mutated at random, against scimkit-server over HTTP: what nobody has thought of.

  mutations_test.py SERVER [SECONDS]

The conversations and bug reports of tests/data/interop are sent with bytes, values, members, headers and targets changed,
exchanged between requests, left out and repeated; in pieces, many at once, or broken off. Meanwhile another tenant has
resources that nobody asks for. It fails where the server ends, answers 5xx, does not answer, answers what is no HTTP or
no JSON, or where something of the other tenant changes; and at the end what is left of the attacked tenant has to be one:
pages have as many as they say, each is there by its id, and scimkit-server check finds nothing. SCIMKIT_SEED has a run
again, as far as threads allow.
"""
import json
import os
import pathlib
import random
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

SERVER = sys.argv[1]
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 20
SEED = int(os.environ.get("SCIMKIT_SEED") or random.randrange(1 << 32))
DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "interop"
ATTACKED, SAFE = "token-of-the-attacked-tenant", "token-of-the-safe-tenant"
PREFIX = "/scim/v2"
LONGEST_ANSWER = 20  # seconds, of a request that has ended
LOOK_EVERY = 400  # requests, at what nobody may have changed
URNS = ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "urn:ietf:params:scim:api:messages:2.0:PatchOp",
        "urn:ietf:params:scim:api:messages:2.0:SearchRequest", "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
        "urn:ietf:params:scim:api:messages:2.0:delta:request", "urn:ietf:params:scim:schemas:core:2.0:GroupMembership"]
TARGETS = ["/Users", "/Groups", "/Bulk", "/Me", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/.search", "/Users/.search",
           "/Groups/.search", "/Users/.deltaToken", "/Users/.delta", "/.deltaToken", "/.delta", "/GroupMemberships",
           "/GroupMemberships/.search", "/Async/x", "/", "", "//Users", "/Users/", "/users", "/Users/%2e%2e/Groups", "/Users/%00"]
PARTS = ["filter=", "count=", "startIndex=", "cursor=", "sortBy=", "sortOrder=descending", "attributes=", "excludedAttributes="]
WORDS = ["members", "members[value eq \"", "emails[type eq \"work\"]", "emails[type eq \"work\"].value", "userName", "groups", "password", "active",
         "meta.version", "meta.lastModified", "id", "schemas", "$ref", "members.$ref", "name.familyName", "manager.value", "groups.value", "externalId",
         "and", "or", "not (", "eq", "ne", "co", "sw", "pr", "gt", "\"", ")", "(", "]", "[", ".", ":", "x", "true", "null", "bulkId:a",
         "2011-05-13T04:42:34Z", "W/\"1\"", "\u00e9", "\u0130", "\u0000", "\ud83d\ude00", "\u202e", "e\u0301", "\\", "%", "*"]
STRANGE = [None, True, False, 0, -1, 1, 2 ** 31, 2 ** 63 - 1, -2 ** 63, 1.5, 1e308, "", " ", "x", [], {}, [None], [[]], [{}], {"": ""}, {"value": None},
           [{"value": ""}], {"$ref": "../Users/1"}, "bulkId:a", [1, "a", {}], {"value": "x", "type": "work", "primary": True}, "a" * 5_000, ["x"] * 50]
HEADERS = [("If-Match", "*"), ("If-Match", "W/\"1\""), ("If-Match", "\""), ("If-None-Match", "*"), ("If-Unmodified-Since", "Fri, 13 Nov 2026 00:00:00 GMT"),
           ("Prefer", "respond-async"), ("Prefer", "return=minimal"), ("Prefer", "return=representation, wait=0"), ("SCIM-Bulk-Atomic", "true"),
           ("SCIM-Dry-Run", "true"), ("Accept", "text/html"), ("Accept", "*/*;q=0"), ("Content-Type", "text/plain"), ("Content-Type", "application/json; charset=utf-16"),
           ("Expect", "100-continue"), ("Accept-Encoding", "gzip"), ("Content-Encoding", "gzip"), ("X-Forwarded-For", "1.2.3.4, ::1"), ("Forwarded", "for=\"[::1]\""),
           ("traceparent", "00-" + "1" * 32 + "-" + "2" * 16 + "-01"), ("X-Request-Id", "\u00e9\u0001"), ("Connection", "close"), ("Connection", "upgrade"),
           ("Upgrade", "h2c"), ("Content-Length", "5"), ("Content-Length", "-1"), ("Transfer-Encoding", "chunked"), ("Host", "x y"), ("Cookie", "a=" + "b" * 900)]


class Problem(Exception):
    pass


def recorded():
    """(method, target, headers, body or None) of every step there is."""
    steps = []
    for name in ("traces.jsonl", "reports.jsonl"):
        for line in (DATA / name).read_text(encoding="utf-8").splitlines():
            sent = json.loads(line).get("request")
            if sent:
                steps.append((sent["method"], sent["target"], sent.get("headers", {}), sent.get("body")))
    return steps


class Client:
    def __init__(self, port, token):
        self.port, self.token = port, token

    def bytes_of(self, method, target, body=None, headers=()):
        """As a whole request of HTTP/1.1, after which the server closes."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {PREFIX}{target} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.token}",
                 *(f"{name}: {value}" for name, value in headers)]
        named = {line.split(":")[0].lower() for line in lines}
        if body is not None and "content-type" not in named:
            lines.append("Content-Type: application/scim+json")
        if not named & {"content-length", "transfer-encoding"} and (data or method in ("POST", "PUT", "PATCH")):
            lines.append(f"Content-Length: {len(data)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogatepass") + data

    def ask(self, method, target, body=None):
        raw = exchange(self.port, [self.bytes_of(method, target, body, [("Connection", "close")])])
        answer = answers_in(raw)
        if len(answer) != 1:
            raise Problem(f"no answer to {method} {target}: {raw[:300]!r}")
        status, text = answer[0]
        return status, json.loads(text) if text else None


def exchange(port, pieces, leave=False):
    """Sends, says that nothing more comes, and gives back all that was answered until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_ANSWER) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if leave:
                return b""
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all of it has come; the answer is there
        received, end = b"", time.monotonic() + LONGEST_ANSWER
        while True:
            ready, _, _ = select.select([connection], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise Problem(f"no end of the answer within {LONGEST_ANSWER} s; so far {received[:200]!r}")
            try:
                part = connection.recv(1 << 16)
            except ConnectionError:
                return received
            if not part:
                return received
            received += part


def answers_in(received):
    """(status, body) of each answer. Problem: it is none."""
    answers = []
    while received:
        head, there, rest = received.partition(b"\r\n\r\n")
        line = re.match(rb"HTTP/1\.[01] (\d\d\d) ", head)
        if not there or not line:
            raise Problem(f"no HTTP: {received[:300]!r}")
        status = int(line.group(1))
        length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
        is_bare = status in (100, 204, 304) or not rest or rest.startswith(b"HTTP/1.")  # that to a HEAD has none, but its length
        size = int(length.group(1)) if length and not is_bare else 0
        answers.append((status, rest[:size]))
        received = rest[size:]
    return answers


class Mutator:
    def __init__(self, dice, steps):
        self.dice, self.steps = dice, steps
        self.ids, self.bodies = ["nobody"], [body for *_, body in steps if body is not None]

    def some(self, of):
        return self.dice.choice(of)

    def often(self, chance):
        return self.dice.random() < chance

    def known(self, text):
        """Places of ids are filled with those of resources that there are, or were."""
        return re.sub(r"\{\{.+?\}\}", lambda _: self.some(self.ids[-40:]), text)

    def filled(self, value):
        return json.loads(re.sub(r"\{\{.+?\}\}", lambda _: self.some(self.ids[-40:]), json.dumps(value)))

    def part_of(self, value):
        """Any value within another one."""
        while isinstance(value, (dict, list)) and value and self.often(0.7):
            value = self.some(list(value.values()) if isinstance(value, dict) else value)
        return value

    def text(self, text):
        for _ in range(self.dice.randrange(1, 4)):
            at = self.dice.randrange(len(text) + 1)
            way = self.dice.randrange(6)
            if way == 0:
                text = text[:at] + self.some(WORDS) + text[at:]
            elif way == 1:
                text = text[:at] + text[at + self.dice.randrange(1, 6):]
            elif way == 2:
                text = text[:at] + text[max(0, at - self.dice.randrange(1, 30)):]
            elif way == 3:
                text = text[:at] + chr(self.dice.choice([self.dice.randrange(128), self.dice.randrange(0xD800)])) + text[at + 1:]
            elif way == 4:
                text = text.swapcase()
            elif len(text) < 2_000:
                text = text[:at] + text[at:] * self.dice.randrange(2, 20)
        return text

    def value(self, value):
        """Another one in its place."""
        way = self.dice.randrange(8)
        if way == 0:
            return self.some(STRANGE)
        if way == 1:
            return self.part_of(self.some(self.bodies))
        if way == 2:
            return [value] if self.often(0.5) else [value, value]
        if way == 3:
            return {"value": value}
        if way == 4:
            return value[0] if isinstance(value, list) and value else str(value)
        if way == 5:
            return self.some(self.ids)
        return self.text(value) if isinstance(value, str) else self.some(STRANGE)

    def changed(self, value):
        """Somewhere in it."""
        if isinstance(value, dict) and value and self.often(0.85):
            name = self.some(list(value))
            way = self.dice.randrange(8)
            if way == 0:
                return {key: member for key, member in value.items() if key != name}
            if way == 1:
                return {(self.text(key) if key == name else key): member for key, member in value.items()}
            if way == 2:
                return {**value, self.some(WORDS + URNS): self.value(value[name])}
            return {**value, name: self.changed(value[name])}
        if isinstance(value, list) and value and self.often(0.85):
            at = self.dice.randrange(len(value))
            way = self.dice.randrange(6)
            if way == 0:
                return value[:at] + value[at + 1:]
            if way == 1:
                return value[:at] + value[at:] * self.dice.randrange(2, 9)
            if way == 2:
                return value + [self.part_of(self.some(self.bodies))]
            return value[:at] + [self.changed(value[at])] + value[at + 1:]
        return self.value(value)

    def body(self, body):
        """Text of JSON, or nearly."""
        for _ in range(self.some([0, 1, 1, 1, 2, 4])):
            body = self.changed(body)
        text = json.dumps(body, ensure_ascii=self.often(0.5)).encode("utf-8", "surrogatepass")
        if self.often(0.06):
            text = self.bytes(text)
        if self.often(0.01):
            deep = self.dice.randrange(10, 5_000)
            text = b"[" * deep + text + b"]" * deep
        if self.often(0.02):
            text = text.replace(b"{", b'{"userName":1,"userName":2,', 1)
        return text

    def bytes(self, data):
        for _ in range(self.dice.randrange(1, 5)):
            at = self.dice.randrange(len(data) + 1)
            data = self.some([data[:at] + bytes([self.dice.randrange(256)]) + data[at + 1:],
                              data[:at] + data[at + self.dice.randrange(1, 9):],
                              data[:at] + data[max(0, at - self.dice.randrange(1, 60)):],
                              data[:at] + self.some([b"\r\n", b"\0", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b'"', b"\\u0000", b"\r\n\r\n", b"0\r\n\r\n"]) + data[at:]])
        return data

    def target(self, target):
        target = self.known(target)
        if self.often(0.1):
            target = self.some(TARGETS) + (f"/{self.some(self.ids)}" if self.often(0.4) else "")
        if self.often(0.15):
            target += self.some("?&/") + self.some(PARTS) + self.some(WORDS + [str(self.dice.randrange(-3, 2_000))])
        if self.often(0.15):
            target = self.text(target)
        if self.often(0.01):
            target += "x" * self.dice.randrange(40_000)
        # A blank ends it; those of filters come as they would from a client.
        return "".join(c if 0x20 < ord(c) < 0x7F else "".join(f"%{b:02X}" for b in c.encode("utf-8", "surrogatepass")) for c in target)

    def request(self, client):
        method, target, headers, body = self.some(self.steps)
        if self.often(0.08):
            method = self.some(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "post", "X"])
        if body is None and self.often(0.08):
            body = self.some(self.bodies)
        lines = [(name, value) for name, value in headers.items() if name != "Authorization" or self.often(0.1)]
        while self.often(0.12):
            lines.append(self.some(HEADERS))
        data = client.bytes_of(method, self.target(target), None if body is None else self.body(self.filled(body)), lines)
        return self.bytes(data) if self.often(0.05) else data

    def pieces(self, data):
        if self.often(0.85):
            return [data]
        at = sorted(self.dice.randrange(len(data)) for _ in range(self.dice.randrange(1, 4)))
        return [data[a:b] for a, b in zip([0, *at], [*at, len(data)])]


def fill(safe):
    """What nobody may change: its targets and their answers."""
    users = [safe.ask("POST", "/Users", {"schemas": URNS[:1], "userName": f"safe-{n}", "title": "t" * n})[1]["id"] for n in range(20)]
    safe.ask("POST", "/Groups", {"schemas": URNS[1:2], "displayName": "safe", "members": [{"value": user} for user in users]})
    return {target: safe.ask("GET", target) for target in ("/Users?count=100", "/Groups", f"/Users/{users[3]}")}


def check_whole(client):
    """Of the attacked tenant: lists have what they say, and everything in them is there."""
    count = 0
    for endpoint in ("/Users", "/Groups"):
        start, total, seen = 1, 1, set()
        while start <= total:
            status, page = client.ask("GET", f"{endpoint}?attributes=id&count=500&startIndex={start}")
            if status != 200:
                raise Problem(f"{endpoint} from {start}: {status} {page}")
            total = page["totalResults"]
            found = [each["id"] for each in page.get("Resources", [])]
            if not found and total >= start:
                raise Problem(f"{endpoint}: nothing from {start} of {total}")
            seen.update(found)
            start += len(found)
        if len(seen) != total:
            raise Problem(f"{endpoint}: {len(seen)} of {total} on all pages")
        for id_ in sorted(seen)[:300]:
            status, found = client.ask("GET", f"{endpoint}/{id_}")
            if status != 200 or found["id"] != id_:
                raise Problem(f"{endpoint}/{id_}: {status} {found}")
        count += total
    return count


def learn(mutator, answers):
    for status, text in answers:
        if status >= 500 and status not in (501, 503):
            raise Problem(f"{status} {text[:500]!r}")
        if status == 503:
            raise Problem(f"nobody else asks, and it is busy: {text[:300]!r}")
        try:
            body = json.loads(text.decode("utf-8")) if text.strip().startswith((b"{", b"[")) else None
        except ValueError as fault:
            raise Problem(f"{fault}: {text[:300]!r}") from fault
        if status == 201 and isinstance(body, dict) and isinstance(body.get("id"), str):
            mutator.ids.append(body["id"])


def attack(process, port, dice):
    client, safe = Client(port, ATTACKED), Client(port, SAFE)
    expected = fill(safe)
    mutator = Mutator(dice, recorded())
    end, count, statuses = time.monotonic() + SECONDS, 0, {}
    while time.monotonic() < end:
        count += 1
        data = b"".join(mutator.request(client) for _ in range(dice.choice([1, 1, 1, 1, 1, 2, 5])))
        try:
            answers = answers_in(exchange(port, mutator.pieces(data), leave=dice.random() < 0.02))
            learn(mutator, answers)
            if count % LOOK_EVERY == 0:
                for target, answer in expected.items():
                    if safe.ask("GET", target) != answer:
                        raise Problem(f"{target} of the other tenant has changed: {safe.ask('GET', target)}")
        except (Problem, OSError) as problem:
            time.sleep(0.5)  # for a process that is about to end
            raise SystemExit(f"FOUND by request {count} of seed {SEED}: {problem}\n"
                             f"the server {'runs' if process.poll() is None else f'ended with {process.returncode}'}\n{data[:3_000]!r}")
        for status, _ in answers:
            statuses[status] = statuses.get(status, 0) + 1
    try:
        left = check_whole(client)
    except Problem as problem:
        raise SystemExit(f"FOUND at the end of seed {SEED}: {problem}")
    return count, statuses, left


def main():
    print(f"seed {SEED}", flush=True)
    with tempfile.TemporaryDirectory(prefix="scimkit-mutations-") as place:
        tokens = pathlib.Path(place) / "tokens"
        hashes = [subprocess.run([SERVER, "--hash-token"], input=token, capture_output=True, text=True, check=True).stdout.strip()
                  for token in (ATTACKED, SAFE)]
        tokens.write_text(f"{hashes[0]} attacker\n{hashes[1]} safe another\n", encoding="utf-8")
        tokens.chmod(0o600)
        (pathlib.Path(place) / "cursor-key").write_text("ab" * 32 + "\n", encoding="utf-8")
        (pathlib.Path(place) / "cursor-key").chmod(0o600)
        store = f"lmdb:{place}/db"
        with open(f"{place}/log", "w+", encoding="utf-8", errors="backslashreplace") as log:
            process = subprocess.Popen(
                [SERVER, "--listen", "127.0.0.1:0", "--store", store, "--token-file", str(tokens), "--log-level", "error", "--packs",
                 "group-membership-01", "--delta-query", "--cursor-key-file", f"{place}/cursor-key", "--respond-async", "--me", "userName",
                 "--dry-run-header", "--error-explanations", "negotiated"], stdout=subprocess.PIPE, stderr=log, text=True)
            line = process.stdout.readline()
            port = re.search(r":(\d+)", line.split("listening on", 1)[-1].replace("http://", "")) if "listening on" in line else None
            try:
                if not port:
                    raise SystemExit(f"the server did not start: {line!r}")
                count, statuses, left = attack(process, int(port.group(1)), random.Random(SEED))
                process.send_signal(signal.SIGTERM)
                if (code := process.wait(60)) != 0:
                    raise SystemExit(f"FOUND: the server ended with {code} on SIGTERM")
            finally:
                process.kill()
                process.wait()
                log.seek(0)
                if said := log.read():
                    print(said[-6_000:], file=sys.stderr)
        checked = subprocess.run([SERVER, "check", "--store", store], capture_output=True, text=True, timeout=300)
        if checked.returncode != 0 or "all is well" not in checked.stdout:
            raise SystemExit(f"FOUND: {checked.stdout}{checked.stderr}")
    print(f"{count} connections, answers {dict(sorted(statuses.items()))}, {left} resources left; all is well")


main()
