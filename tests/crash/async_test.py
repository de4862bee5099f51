#!/usr/bin/env python3
"""Kills scimkit-server with SIGKILL while it carries out requests that clients did not wait for: what was accepted is done
after the restart, once. Then a server that changes only what it manages.

  async_test.py SERVER [ROUNDS]
"""
import http.client
import json
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

SERVER, ROUNDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ACCOUNT = "urn:example:Account"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
TOKEN = "a-token-of-this-test-that-is-long-enough-0123456789"


class Server:
    def __init__(self, place, *more):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = one.getsockname()[1]
        self.log = open(f"{place}/log", "a")
        self.process = subprocess.Popen([SERVER, "--listen", f"127.0.0.1:{self.port}", "--store", f"lmdb:{place}/db",
                                         "--token", TOKEN, *more], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise SystemExit("the server did not start: " + pathlib.Path(f"{place}/log").read_text()[-500:])
        self.client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def send(self, method, target, body=None, **headers):
        self.client.request(method, "/scim/v2" + target, json.dumps(body) if body is not None else None,
                            {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json", **headers})
        response = self.client.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else None, response.headers

    def later(self, method, target, body):
        status, answer, headers = self.send(method, target, body, Prefer="respond-async")
        assert status == 202 and answer is None and headers["Preference-Applied"] == "respond-async", (status, answer)
        assert headers["Location"].endswith("/scim/v2/Async/" + headers["Set-Txn"]), headers
        return headers["Set-Txn"]

    def result(self, txn):
        end = time.time() + 60
        while time.time() < end:
            status, answer, headers = self.send("GET", f"/Async/{txn}")
            if status != 202:
                assert status == 200, (status, answer)
                return [each["status"] for each in answer["Operations"]]
            assert headers["Set-Txn"] == txn
            time.sleep(0.01)
        raise SystemExit(f"{txn} is not carried out")

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return code


def user(name):
    return {"schemas": [USER], "userName": name}


def result_for_nobody(server, txn):
    # proves 9967-5-f
    status, _, _ = server.send("GET", f"/Async/{txn}", Authorization="")
    assert status == 401, status


def kill_rounds(place):
    server, accepted, names = Server(place, "--respond-async"), [], []
    status, config, _ = server.send("GET", "/ServiceProviderConfig")
    assert status == 200 and config["securityEvents"]["asyncRequest"] == "request", config
    for number in range(ROUNDS):
        for each in range(random.randrange(1, 12)):
            name = f"u{number}-{each}"
            accepted.append((server.later("POST", "/Users", user(name)), ["201"]))
            operations = [{"method": "POST", "path": "/Users", "bulkId": "a", "data": user(name + "-a")},
                          {"method": "POST", "path": "/Users", "bulkId": "b", "data": user(name)}]
            accepted.append((server.later("POST", "/Bulk", {"schemas": [BULK], "Operations": operations}), ["201", "409"]))
            names += [name, name + "-a"]
        server.end(signal.SIGKILL)
        server = Server(place, "--respond-async")
    result_for_nobody(server, accepted[0][0])
    for txn, expected in accepted:
        assert server.result(txn) == expected, (txn, server.result(txn), expected)
    _, found, _ = server.send("GET", "/Users?count=1000")
    assert sorted(each["userName"] for each in found["Resources"]) == sorted(names), found
    status, answer, _ = server.send("POST", "/Users", {**user("secret"), "password": "canary-in-a-body"}, Prefer="respond-async")
    assert status == 201, (status, answer)
    assert server.end(signal.SIGTERM) == 0
    for file in pathlib.Path(place).rglob("*"):
        assert not file.is_file() or b"canary-in-a-body" not in file.read_bytes(), file
    server = Server(place)
    status, _, headers = server.send("POST", "/Users", user("at once"), Prefer="respond-async")
    assert status == 201 and "Preference-Applied" not in headers, status
    assert server.end(signal.SIGTERM) == 0
    print(f"{len(accepted)} requests that nobody waited for were carried out once, across {ROUNDS} kills")


def managed(place):
    schema = [{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": ACCOUNT, "name": "Account", "attributes": [
        {"name": "managed", "type": "boolean", "mutability": "readOnly"}, {"name": "free", "type": "boolean"}]},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "User", "endpoint": "/Users",
         "schema": USER, "schemaExtensions": [{"schema": ACCOUNT, "required": False}]}]
    pathlib.Path(f"{place}/account.json").write_text(json.dumps(schema))
    pathlib.Path(f"{place}/users.jsonl").write_text(json.dumps(user("operator")) + "\n")
    subprocess.run([SERVER, "import", f"{place}/users.jsonl", "--store", f"lmdb:{place}/db", "--schema",
                    f"{place}/account.json"], check=True, capture_output=True, timeout=60)
    more = ["--schema", f"{place}/account.json", "--managed-by", ACCOUNT + ":managed"]
    server = Server(place, *more)
    _, found, _ = server.send("GET", "/Users?filter=userName%20eq%20%22operator%22")
    operator = found["Resources"][0]["id"]
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}
    for method, body in (("PATCH", change), ("PUT", user("operator")), ("DELETE", None),
                         ("PATCH", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]})):
        status, answer, _ = server.send(method, f"/Users/{operator}", body)
        assert status == 403 and ACCOUNT + ":managed" in answer["detail"], (method, status, answer)
    status, answer, _ = server.send("POST", "/Bulk", {"schemas": [BULK], "Operations": [
        {"method": "DELETE", "path": f"/Users/{operator}"}]})
    assert answer["Operations"][0]["status"] == "403", answer
    assert server.send("POST", "/Users", user("operator"))[0] == 409
    status, made, _ = server.send("POST", "/Users", {**user("ada"), ACCOUNT: {"managed": False}})
    assert status == 201 and made[ACCOUNT]["managed"] is True, made
    assert server.send("PATCH", f"/Users/{made['id']}", change)[0] == 200
    assert server.send("DELETE", f"/Users/{made['id']}")[0] == 204
    assert server.send("GET", f"/Users/{operator}")[1]["userName"] == "operator"
    assert server.end(signal.SIGTERM) == 0
    for name, reason in ((ACCOUNT + ":free", "readOnly"), ("nothing", "no attribute"), ("]", "no attribute"),
                         ("userName", "readOnly")):
        done = subprocess.run([SERVER, "--check-config", "--store", "memory", "--token", TOKEN, "--schema",
                               f"{place}/account.json", "--managed-by", name], capture_output=True, text=True, timeout=60)
        assert done.returncode != 0 and reason in done.stderr, (name, done.stderr)
    print("nothing but what SCIM manages is changed, and whoever is refused is told what would allow it")


for part in (kill_rounds, managed):
    with tempfile.TemporaryDirectory() as directory:
        part(directory)
