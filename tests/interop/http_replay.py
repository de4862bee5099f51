#!/usr/bin/env python3
"""Replays the conversations of identity providers over real HTTP against scimkit-server on LMDB.

First all of them against one server. Then Entra ID's and Okta's again, on a fresh database, with the server killed
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
TRACES = pathlib.Path(__file__).resolve().parent.parent / "data" / "interop" / "traces.jsonl"
TOKEN = "token-of-the-replayed-client"
PREFIX = "/scim/v2"


class Server:
    def __init__(self, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.directory = directory
        self.base = f"http://127.0.0.1:{self.port}{PREFIX}"
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [SERVER, "--listen", f"127.0.0.1:{self.port}", "--base-url", self.base, "--store", f"lmdb:{self.directory}",
             "--token", TOKEN, "--log-level", "error"],
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


def at_pointer(document, pointer):
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and token.isdigit() and int(token) < len(document):
            document = document[int(token)]
        elif isinstance(document, dict) and token in document:
            document = document[token]
        else:
            return None
    return document


def run_step(server, entry, variables):
    request, expect = entry["request"], entry["expect"]
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/scim+json"}
    headers.update(request.get("headers", {}))
    headers = {k: fill_in(v, variables) for k, v in headers.items() if v is not None}
    body = fill_in(request.get("body"), variables)
    if body is not None:
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        headers.setdefault("Content-Type", "application/scim+json")
    target = PREFIX + encode(fill_in(request["target"], variables))
    status, answer_headers, answer = server.send(request["method"], target, headers, body)

    def wrong(why):
        return f"{entry['client']}/{entry['scenario']} {entry['step']}: {request['method']} {target}: {why}"

    allowed = expect["status"] if isinstance(expect["status"], list) else [expect["status"]]
    if status not in allowed:
        return wrong(f"status {status}, expected {allowed}: {answer[:500]!r}")
    for name, value in expect.get("headers", {}).items():
        if not answer_headers.get(name) or (value != "*" and value not in answer_headers[name]):
            return wrong(f"header {name} is {answer_headers.get(name)!r}")
    if status == 204:
        return wrong("204 with a body") if answer else None
    document = json.loads(answer)
    expected = fill_in(expect.get("body_contains", {}), variables)
    if not contains(document, expected):
        return wrong(f"expected in the body {expected}, got {document}")
    for pointer in expect.get("body_lacks", []):
        if at_pointer(document, pointer) is not None:
            return wrong(f"the body should not have {pointer}: {document}")
    for name, pointer in (entry.get("save") or {}).items():
        variables[name] = at_pointer(document, pointer)
    return None


def replay(server, entries, variables, kills=()):
    for number, entry in enumerate(entries):
        if number in kills:
            server.kill()
            server.start()
        problem = run_step(server, entry, variables)
        if problem:
            raise SystemExit(problem)


def main():
    entries = [json.loads(line) for line in TRACES.read_text(encoding="utf-8").splitlines() if line]

    with tempfile.TemporaryDirectory(prefix="scimkit-http-") as directory:
        server = Server(f"{directory}/db")
        replay(server, entries, {"baseUrl": server.base})
        server.stop()
    print(f"{len(entries)} steps over HTTP as the clients need them")

    chosen = [entry for entry in entries if entry["client"] in ("entra", "okta")]
    boundaries = {}
    for number, entry in enumerate(chosen):
        boundaries.setdefault((entry["client"], entry["scenario"]), []).append(number)
    dice = random.Random(7644)
    kills = {dice.choice(numbers[1:] or numbers) for numbers in boundaries.values()}
    with tempfile.TemporaryDirectory(prefix="scimkit-http-") as directory:
        server = Server(f"{directory}/db")
        replay(server, chosen, {"baseUrl": server.base}, kills)
        server.stop()
    print(f"{len(chosen)} steps of Entra ID and Okta with {len(kills)} kills in between: nothing lost")


main()
