#!/usr/bin/env python3
"""Kills scimkit-server with SIGKILL under load, again and again, on one database.

Writers create users, patch them, add them to a group and delete some, all at once. What was acknowledged must be there
after each restart; what was not is whole or absent; the group and the users agree about membership; and the check of the
database finds nothing. Each round must
have acknowledged something of every kind before its kill: a server that refuses everything loses nothing.
"""
import http.client
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SERVER, ROUNDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
TOKEN = "token-of-the-crash-test"
PREFIX = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def send(self, method, target, body=None):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        self.connection.request(method, PREFIX + target, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else None


def start(directory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [SERVER, "--listen", f"127.0.0.1:{port}", "--store", f"lmdb:{directory}", "--token", TOKEN,
         "--log-level", "error"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if not line.startswith("listening on"):
        raise SystemExit(f"the server did not start again: {line!r}")
    return process, port


class Acknowledged:
    """What the server has promised, by user id. In doubt: a request was under way when the server died."""

    def __init__(self):
        self.lock = threading.Lock()
        self.killing = threading.Event()  # from here on connections may break
        self.failures = []                # what writers raised: an exception in a thread is lost otherwise
        self.title = {}     # id -> title that was acknowledged last
        self.members = set()
        self.deleted = set()
        self.doubt = set()

    def counts(self):
        with self.lock:
            return {"users": len(self.title), "members": len(self.members), "deleted": len(self.deleted)}


def work(port, group, writer, round_number, state):
    client, user = Client(port), None
    try:
        for number in range(100000):
            user = None
            name = f"u{writer}-{round_number}-{number}"
            status, body = client.send("POST", "/Users", {"schemas": [USER], "userName": name, "title": "new"})
            assert status == 201, (status, body)
            user = body["id"]
            with state.lock:
                state.title[user] = "new"
            status, body = client.send("PATCH", f"/Users/{user}", {
                "schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": name}]})
            assert status == 200, (status, body)
            with state.lock:
                state.title[user] = name
            status, body = client.send("PATCH", f"/Groups/{group}", {
                "schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}]})
            assert status == 204, (status, body)
            with state.lock:
                state.members.add(user)
            if number % 3 == 0:
                status, body = client.send("DELETE", f"/Users/{user}")
                assert status == 204, (status, body)
                with state.lock:
                    state.deleted.add(user)
    except (OSError, http.client.HTTPException) as error:
        with state.lock:
            if not state.killing.is_set():
                state.failures.append(error)
            state.doubt.add(user)
    except BaseException as error:
        with state.lock:
            state.failures.append(error)


def check(port, group, state):
    client = Client(port)
    status, body = client.send("GET", f"/Groups/{group}")
    assert status == 200, (status, body)
    members = {member["value"] for member in body.get("members", [])}
    for user, title in state.title.items():
        status, body = client.send("GET", f"/Users/{user}")
        if user in state.deleted:
            assert status == 404, f"{user} was deleted, the server says {status}"
            assert user not in members, f"{user} was deleted and is still a member"
            continue
        if user in state.doubt:
            assert status in (200, 404), (status, body)
            if status == 200:
                in_group = any(g["value"] == group for g in body.get("groups", []))
                assert in_group == (user in members), f"user and group disagree about {user}"
            else:
                assert user not in members, f"{user} is gone and still a member"
            continue
        assert status == 200, f"{user} was acknowledged and is lost"
        assert body["title"] == title, f"{user}: {title!r} was acknowledged, {body['title']!r} is there"
        assert (user in state.members) == (user in members), f"membership of {user}"
    status, body = client.send("GET", "/Users?count=0")
    total = body["totalResults"]
    seen = 0
    while seen < total:
        status, body = client.send("GET", f"/Users?startIndex={seen + 1}&count=500")
        assert status == 200 and body["Resources"], (status, body)
        assert all(user["userName"] and user["meta"]["version"] for user in body["Resources"])
        seen += len(body["Resources"])
    return total, len(members)


def examine(directory):
    """Every index, unique key, membership and counter against the records."""
    done = subprocess.run([SERVER, "check", "--store", f"lmdb:{directory}"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "all is well" in done.stdout, (done.stdout, done.stderr)


def await_progress(state, before):
    """Until something of every kind was acknowledged in this round, or a writer has failed."""
    end = time.monotonic() + 60
    while not state.failures:
        now = state.counts()
        if all(now[kind] > before[kind] for kind in now):
            return
        assert time.monotonic() < end, f"after a minute under load {before} has become no more than {now}"
        time.sleep(0.01)


def main():
    dice = random.Random(2015)
    state = Acknowledged()
    with tempfile.TemporaryDirectory(prefix="scimkit-crash-") as directory:
        process, port = start(f"{directory}/db")
        try:
            status, body = Client(port).send("POST", "/Groups", {"schemas": [GROUP], "displayName": "everybody"})
            assert status == 201, (status, body)
            group = body["id"]
            for round_number in range(ROUNDS):
                writers = [threading.Thread(target=work, args=(port, group, n, round_number, state), daemon=True)
                           for n in range(4)]
                before = state.counts()
                state.killing.clear()
                for writer in writers:
                    writer.start()
                await_progress(state, before)
                time.sleep(dice.uniform(0.2, 1.0))
                assert process.poll() is None, f"the server ended by itself with {process.returncode}"
                state.killing.set()
                process.send_signal(signal.SIGKILL)
                process.wait()
                process.stdout.close()
                for writer in writers:
                    writer.join()
                if state.failures:
                    raise state.failures[0]
                examine(f"{directory}/db")
                process, port = start(f"{directory}/db")
                total, members = check(port, group, state)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
            process.stdout.close()
        finally:
            process.kill()  # no more than a formality after a good end; a failed check must not leave a server behind
    print(f"{ROUNDS} kills under load: {len(state.title)} users acknowledged, {total} there, {members} members; nothing lost")


main()
