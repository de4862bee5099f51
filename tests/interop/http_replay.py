#!/usr/bin/env python3
"""Replays the conversations of clients over real HTTP against scimkit-server on LMDB.

First all of them against one server: those of identity providers, and those of public bug reports (what a step may
expect is told in trace.hpp). Then Entra ID's and Okta's again, on a fresh database, with the server killed
(SIGKILL) and started anew in the middle of every scenario, at a step chosen by a fixed seed: whatever was
acknowledged before the kill must be there after it.
"""
import http.client
import json
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile

SERVER = sys.argv[1]
DATA = pathlib.Path(__file__).resolve().parent.parent / "data" / "interop"
TOKEN = "token-of-the-replayed-client"
PREFIX = "/scim/v2"


class Server:
    def __init__(self, store, options=()):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.store = store
        self.options = list(options)
        self.base = f"http://127.0.0.1:{self.port}{PREFIX}"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [SERVER, "--listen", f"127.0.0.1:{self.port}", "--base-url", self.base, "--store", self.store,
             "--token", TOKEN, "--log-level", "error", *self.options],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise SystemExit(f"the server did not start: {line!r}")
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def kill(self):
        self.connection.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        self.process.stdout.close()
        if code != 0:
            raise SystemExit(f"the server ended with {code} on SIGTERM")

    def send(self, method, target, headers, body):
        self.connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in headers.items():
            self.connection.putheader(name, value)
        if body is not None:
            self.connection.putheader("Content-Length", str(len(body)))
        self.connection.endheaders(body)
        response = self.connection.getresponse()
        return response.status, response.headers, response.read()


def fill_in(value, variables):
    if isinstance(value, str):
        return re.sub(r"\{\{(.+?)\}\}", lambda m: variables[m.group(1)], value)
    if isinstance(value, list):
        return [fill_in(element, variables) for element in value]
    if isinstance(value, dict):
        return {fill_in(k, variables): fill_in(v, variables) for k, v in value.items()}
    return value


def encode(target):
    return "".join(
        chr(byte) if 0x20 < byte < 0x7F and chr(byte) not in '"<>\\' else f"%{byte:02X}" for byte in target.encode()
    )


def contains(actual, expected):
    if expected == "*":
        return actual is not None
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(k in actual and contains(actual[k], v) for k, v in expected.items())
    if isinstance(expected, list):
        if not isinstance(actual, list) or (not expected and actual):
            return False
        rest = list(actual)
        for element in expected:
            match = next((i for i, candidate in enumerate(rest) if contains(candidate, element)), None)
            if match is None:
                return False
            del rest[match]
        return True
    return actual == expected and isinstance(actual, bool) == isinstance(expected, bool)


def values_at(document, pointer):
    """The values at a JSON pointer, in which * is each element of an array."""
    found = [document]
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        inner = []
        for value in found:
            if isinstance(value, list) and token == "*":
                inner += value
            elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
                inner.append(value[int(token)])
            elif isinstance(value, dict) and token in value:
                inner.append(value[token])
        found = inner
    return found


def equal(actual, expected):
    return actual == expected and isinstance(actual, bool) == isinstance(expected, bool)


# What is wrong with the body where an expectation {pointer: what is there} does not hold.
HOLDS_AT = {
    "equals_at": lambda found, wanted: len(found) == 1 and equal(found[0], wanted),
    "len_at": lambda found, wanted: len(found) == 1 and isinstance(found[0], list) and len(found[0]) == wanted,
    "set_at": lambda found, wanted: sorted(map(json.dumps, found)) == sorted(map(json.dumps, wanted)),
    "matches_at": lambda found, wanted: len(found) == 1 and isinstance(found[0], str) and re.search(wanted, found[0]),
}


def check_body(word, expected, document):
    if word == "body_contains":
        return None if contains(document, expected) else f"expected in the body {expected}, got {document}"
    for pointer in expected if word in ("body_lacks", "unassigned") else []:
        if any(word == "body_lacks" or value not in (None, []) for value in values_at(document, pointer)):
            return f"the body should not have {pointer}: {document}"
    if word in HOLDS_AT:
        for pointer, wanted in expected.items():
            if not HOLDS_AT[word](values_at(document, pointer), wanted):
                return f"at {pointer} expected {wanted}: {document}"
    elif word not in ("body_lacks", "unassigned"):
        return f"the replay does not know the expectation '{word}'"
    return None


def check(expect, status, headers, answer):
    for word, expected in expect.items():
        problem = None
        if word == "any_of":
            problems = [check(alternative, status, headers, answer) for alternative in expected]
            problem = None if None in problems else "none holds: " + "; ".join(problems)
        elif word == "status":
            if status not in (expected if isinstance(expected, list) else [expected]):
                problem = f"status {status}, expected {expected}: {answer[:500]!r}"
        elif word == "headers":
            for name, value in expected.items():
                if not headers.get(name) or (value != "*" and value not in headers[name]):
                    problem = f"header {name} is {headers.get(name)!r}"
        elif word == "body_empty":
            problem = None if (not answer) == expected else f"the body: {answer[:500]!r}"
        elif status != 204:
            problem = check_body(word, expected, json.loads(answer))
        if problem:
            return problem
    return "204 with a body" if status == 204 and answer else None


def run_step(server, entry, variables):
    request = entry["request"]
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json"}
    headers.update(request.get("headers", {}))
    headers = {k: fill_in(v, variables) for k, v in headers.items() if v is not None}
    body = fill_in(request.get("body"), variables)
    if body is not None:
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        headers.setdefault("Content-Type", "application/scim+json")
    target = PREFIX + encode(fill_in(request["target"], variables))
    status, answer_headers, answer = server.send(request["method"], target, headers, body)
    problem = check(fill_in(entry["expect"], variables), status, answer_headers, answer)
    if problem:
        return f"{entry['client']}/{entry['scenario']} {entry['step']}: {request['method']} {target}: {problem}"
    for name, pointer in (entry.get("save") or {}).items() if status != 204 else []:
        variables[name] = values_at(json.loads(answer), pointer)[0]
    return None


def load(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines() if line]


def replay(server, entries, variables, kills=()):
    """Plays on with the next scenario where a step went wrong. Returns what went wrong."""
    problems, given_up = [], None
    for number, entry in enumerate(entries):
        if number in kills:
            server.kill()
            server.start()
        scenario = (entry["client"], entry["scenario"])
        if scenario == given_up:
            continue
        problem = run_step(server, entry, variables)
        if problem:
            problems.append(problem)
            given_up = scenario
    return problems


def finish(server, problems):
    server.stop()
    if problems:
        raise SystemExit("\n".join(problems))


def main():
    entries = load("traces.jsonl")
    reports = load("reports.jsonl")

    with tempfile.TemporaryDirectory(prefix="scimkit-http-") as directory:
        server = Server(f"lmdb:{directory}/db")
        finish(server, replay(server, entries + reports, {"baseUrl": server.base}))
    print(f"{len(entries) + len(reports)} steps over HTTP as the clients need them")

    chosen = [entry for entry in entries if entry["client"] in ("entra", "okta")]
    boundaries = {}
    for number, entry in enumerate(chosen):
        boundaries.setdefault((entry["client"], entry["scenario"]), []).append(number)
    dice = random.Random(7644)
    kills = {dice.choice(numbers[1:] or numbers) for numbers in boundaries.values()}
    with tempfile.TemporaryDirectory(prefix="scimkit-http-") as directory:
        server = Server(f"lmdb:{directory}/db")
        finish(server, replay(server, chosen, {"baseUrl": server.base}, kills))
    print(f"{len(chosen)} steps of Entra ID and Okta with {len(kills)} kills in between: nothing lost")


if __name__ == "__main__":
    main()
