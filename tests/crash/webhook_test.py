#!/usr/bin/env python3
"""Kills scimkit-server with SIGKILL while it tells a receiver of changes, and looks at what the receiver and the audit
log have then: everything that was acknowledged, and nothing that nobody did.

  webhook_test.py SERVER [ROUNDS] [kills]

With `kills` that is all. Otherwise before that receivers that answer 500, 301 and nothing, close the connection, are slow or hang; a tenant with a receiver of its own; and
security event tokens, polled before a kill and after it.
"""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "samples"))
from running import PATCH, USER, free_port, instant  # noqa: E402

SERVER, ROUNDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
SECRET = "whsec_" + base64.b64encode(os.urandom(32)).decode()


class Receiver:
    """Takes messages, unless it is told to misbehave. What it refused it has not got."""

    def __init__(self, secret=SECRET):
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.lock = threading.Lock()
        self.mode, self.refuses = "ok", 0.0
        self.messages = []   # (webhook-id, body) that were answered with 200, in order
        self.attempts = 0
        self.faults = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                receiver.take(self)

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):  # the server at the other end is killed now and then
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"]))
        name, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        code = hmac.new(self.key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
        with self.lock:
            self.attempts += 1
            mode = self.mode
            if request.headers["webhook-signature"] != "v1," + base64.b64encode(code).decode():
                self.faults.append("a signature is wrong")
            if abs(time.time() - int(stamp)) > 300:
                self.faults.append("a timestamp is wrong")
        if mode == "ok" and random.random() < self.refuses:
            mode = "500"
        if mode == "close":
            request.close_connection = True
            request.connection.shutdown(socket.SHUT_RDWR)
            return
        if mode == "hang":
            time.sleep(25)
        if mode == "slow":
            time.sleep(1.5)
        status = {"500": 500, "301": 301}.get(mode, 200)
        if status == 200 and mode != "hang":
            with self.lock:
                self.messages.append((name, body.decode()))
        request.send_response(status)
        if status == 301:
            request.send_header("Location", f"http://127.0.0.1:{self.trap}/")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def told(self):
        """(resource, operation) in the order of their first message; the bodies by id."""
        with self.lock:
            messages = list(self.messages)
        by_id, order = {}, []
        for name, body in messages:
            if by_id.setdefault(name, body) != body:
                self.faults.append(f"{name} came with two bodies")
            data = json.loads(body)["data"]
            what = (data.get("id"), data.get("operation"))
            if what not in order[-200:] and what not in set(order):
                order.append(what)
        return order, by_id, len(messages)


class Server:
    def __init__(self, place, *more, prefix="/scim/v2", token=None, level="warning"):
        self.prefix, self.token, self.place = prefix, token or TOKEN, place
        self.port = free_port()
        self.log = open(f"{place}/log", "a")
        self.process = subprocess.Popen(
            [SERVER, "--listen", f"127.0.0.1:{self.port}", "--store", f"lmdb:{place}/db", "--log-level", level, *more],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise SystemExit(f"the server did not start: {open(f'{place}/log').read()[-500:]}")

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def send(self, client, method, target, body=None):
        client.request(method, self.prefix + target, json.dumps(body) if body is not None else None,
                       {"Authorization": f"Bearer {self.token}", "Content-Type": "application/scim+json"})
        response = client.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else None

    def create(self, name):
        status, body = self.send(self.client(), "POST", "/Users", {"schemas": [USER], "userName": name})
        assert status == 201, (status, body)
        return body["id"]

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.log.close()
        return code


class PushReceiver(Receiver):
    """Takes pushed tokens (RFC 8935)."""

    def take(self, request):
        body = request.rfile.read(int(request.headers["Content-Length"])).decode()
        with self.lock:
            self.attempts += 1
            mode = "invalid_request" if self.mode == "ok" and random.random() < self.refuses else self.mode
            if request.headers["Authorization"] != "Bearer of-the-receiver":
                self.faults.append("no bearer token")
            if request.headers["Content-Type"] != "application/secevent+jwt":
                self.faults.append(request.headers["Content-Type"])
            if request.headers["Accept"] != "application/json":
                self.faults.append(request.headers["Accept"])
            if mode == "ok":
                self.messages.append((part_of(body, 1)["jti"], body))
        answer = b"" if mode == "ok" else json.dumps({"err": mode, "description": "Secret-of-the-receiver"}).encode()
        request.send_response(202 if mode == "ok" else 400)
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)

    def told(self):
        with self.lock:
            messages = list(self.messages)
        by_id, order = {}, {}
        for name, token in messages:
            claims = part_of(token, 1)
            what = claims["sub_id"]["uri"], sorted(claims["events"])
            if by_id.setdefault(name, what) != what:
                self.faults.append(f"{name} came with two bodies")
            done = next(uri.split(":")[6] for uri in claims["events"] if uri.split(":")[6] in ("create", "patch", "put", "delete"))
            order[(what[0].removeprefix("/Users/"), "update" if done in ("patch", "put") else done)] = None
        return list(order), by_id, len(messages)


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = set()   # (id, operation)
        self.attempted = set()
        self.doubtful_names = set()
        self.failures = []
        self.killing = threading.Event()


def write(server, writer, round_number, state):
    client, name = server.client(), None

    def done(status, expected, what):
        assert status == expected, status
        with state.lock:
            state.acknowledged.add(what)

    def tried(what):
        with state.lock:
            state.attempted.add(what)

    try:
        for number in range(100000):
            name = f"u{writer}-{round_number}-{number}"
            status, body = server.send(client, "POST", "/Users", {"schemas": [USER], "userName": name})
            assert status == 201, (status, body)
            user, name = body["id"], None
            tried((user, "create"))
            done(status, 201, (user, "create"))
            tried((user, "update"))
            status, _ = server.send(client, "PATCH", f"/Users/{user}", {
                "schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]})
            done(status, 200, (user, "update"))
            if number % 3 == 0:
                tried((user, "delete"))
                status, _ = server.send(client, "DELETE", f"/Users/{user}")
                done(status, 204, (user, "delete"))
    except (OSError, http.client.HTTPException) as error:
        with state.lock:
            if not state.killing.is_set():
                state.failures.append(error)
            if name:
                state.doubtful_names.add(name)
    except BaseException as error:
        with state.lock:
            state.failures.append(error)


def await_that(what, why, seconds=60):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, why() if callable(why) else why
        time.sleep(0.02)


def check_invented(told, state, server):
    """What was told, and is nothing that was acknowledged, was asked for and came through before the kill."""
    client = server.client()
    for user, operation in told:
        if (user, operation) in state.attempted:
            continue
        assert operation == "create", f"{operation} of {user} is invented"
        status, body = server.send(client, "GET", f"/Users/{user}")
        assert status == 200 and body["userName"] in state.doubtful_names, f"the creation of {user} is invented"


def check_order(told):
    steps, seen = {"create": 0, "update": 1, "delete": 2}, {}
    for user, operation in told:
        assert seen.get(user, -1) < steps[operation], f"{operation} of {user} came too late"
        seen[user] = steps[operation]


def audited(admin_port):
    done = subprocess.run([SERVER, "audit", "export", "--url", f"http://127.0.0.1:{admin_port}/admin/scim/v2"],
                          env={**os.environ, "SCIMKIT_ADMIN_KEY": ADMIN}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    times = [instant(record["time"]) for record in records]
    assert times == sorted(times), "the audit log does not come by time"
    return [(record["resourceId"], record["operation"]) for record in records if record["resourceType"] == "User"]


def check_audit(admin_port, state, server):
    await_that(lambda: state.acknowledged <= set(audited(admin_port)),
               lambda: f"not audited: {list(state.acknowledged - set(audited(admin_port)))[:5]}")
    records = audited(admin_port)
    assert len(records) == len(set(records)), "a change has two records"
    check_invented(records, state, server)
    return len(records)


def check_told(receiver, state, server):
    await_that(lambda: state.acknowledged <= set(receiver.told()[0]),
               lambda: f"lost: {list(state.acknowledged - set(receiver.told()[0]))[:5]}", 120)
    told, by_id, messages = receiver.told()
    check_invented(told, state, server)
    check_order(told)
    assert len(by_id) == len(told), f"{len(by_id)} ids of {len(told)} changes"
    assert not receiver.faults, receiver.faults[:5]
    return len(told), messages


def kill_rounds(place):
    receiver, pushed_to, state, dice = Receiver(), PushReceiver(), State(), random.Random(9967)
    receiver.refuses = pushed_to.refuses = 0.1
    receivers = [receiver]
    write_file(f"{place}/admin-tokens", ADMIN)
    admin_port = free_port()
    more = ["--token", TOKEN, "--webhook", f"http://127.0.0.1:{receiver.port}/scim", "--webhook-secret-file",
            f"{place}/secret", "--admin", f"127.0.0.1:{admin_port}", "--admin-token-file", f"{place}/admin-tokens"]
    key = subprocess.run([SERVER, "--new-signing-key"], capture_output=True, text=True, timeout=30)
    if key.returncode == 0:
        write_file(f"{place}/key", key.stdout)
        write_file(f"{place}/push-token", "of-the-receiver\n")
        more += ["--event-key-file", f"{place}/key", "--event-push", f"http://127.0.0.1:{pushed_to.port}/",
                 "--event-push-token-file", f"{place}/push-token",
                 "--base-url", "http://scim.example.com/scim/v2"]  # the audience, which ids go by, is the same at each port
        receivers.append(pushed_to)
    for number in range(ROUNDS):
        server = Server(place, *more)
        state.killing.clear()
        writers = [threading.Thread(target=write, args=(server, n, number, state), daemon=True) for n in range(3)]
        before = len(receiver.messages)
        for writer in writers:
            writer.start()
        await_that(lambda: state.failures or len(receiver.messages) > before, "nothing is told under load")
        time.sleep(dice.uniform(0.0, 0.7))
        state.killing.set()
        server.end(signal.SIGKILL)
        for writer in writers:
            writer.join()
        if state.failures:
            raise state.failures[0]
    receiver.refuses = pushed_to.refuses = 0.0
    server = Server(place, *more)
    counts = [check_told(each, state, server) for each in receivers]
    records = check_audit(admin_port, state, server)
    assert server.end(signal.SIGTERM) == 0
    print(f"{ROUNDS} kills: {len(state.acknowledged)} changes acknowledged, {records} audited, "
          + ", ".join(f"{told} told in {messages} {what}" for (told, messages), what in zip(counts, ("messages", "events")))
          + "; none lost, none invented")


def misbehaviour(place):
    receiver, trap = Receiver(), Receiver()
    receiver.trap = trap.port
    more = ["--token", TOKEN, "--webhook", f"http://127.0.0.1:{receiver.port}/", "--webhook-secret-file", f"{place}/secret"]
    server = Server(place, *more)
    for mode in ("500", "301", "close", "hang", "slow"):
        receiver.mode = mode
        before = receiver.attempts
        user = server.create(f"told-{mode}")
        await_that(lambda: receiver.attempts > before + (0 if mode in ("hang", "slow") else 1), f"{mode}: no second attempt")
        began = time.monotonic()
        server.create(f"beside-{mode}")  # nobody waits for the receiver
        assert time.monotonic() - began < 5, f"{mode}: a write waited"
        receiver.mode = "slow" if mode == "slow" else "ok"
        await_that(lambda: (user, "create") in receiver.told()[0], f"{mode}: not delivered afterwards")
    assert trap.attempts == 0, "a redirection was followed"
    receiver.mode = "hang"
    before = receiver.attempts
    server.create("at-the-end")
    await_that(lambda: receiver.attempts > before, "not told")
    began = time.monotonic()
    assert server.end(signal.SIGTERM) == 0
    assert time.monotonic() - began < 20, "a target that hangs held up the end"
    assert not receiver.faults, receiver.faults[:5]
    print("500, 301, a closed connection, a hanging and a slow receiver: delivered afterwards, no redirection followed")


def tenants(place):
    """One has a receiver and a secret of its own; it and no other gets what is that tenant's."""
    secret = "whsec_" + base64.b64encode(os.urandom(24)).decode()
    of_all, of_acme = Receiver(), Receiver(secret)
    write_file(f"{place}/acme-secret", secret)
    write_file(f"{place}/tokens", f"{TOKEN} all globex\n{TOKEN}-acme acme acme\n")
    write_file(f"{place}/tenants.toml", f'[globex]\n[acme]\nwebhook = "http://127.0.0.1:{of_acme.port}/"\n'
                                        f'webhook-secret-file = "{place}/acme-secret"\n')
    server = Server(place, "--tenants", f"{place}/tenants.toml", "--token-file", f"{place}/tokens", "--webhook",
                    f"http://127.0.0.1:{of_all.port}/", "--webhook-secret-file", f"{place}/secret", prefix="/globex/scim/v2")
    globex = server.create("ada")
    server.prefix, server.token = "/acme/scim/v2", TOKEN + "-acme"
    acme = server.create("ben")
    await_that(lambda: of_all.messages and of_acme.messages, "not told")
    time.sleep(0.5)
    assert [what[0] for what in of_all.told()[0]] == [globex]
    assert [what[0] for what in of_acme.told()[0]] == [acme]
    assert not of_all.faults + of_acme.faults
    assert server.end(signal.SIGTERM) == 0
    print("a tenant's own receiver gets that tenant's changes alone")


def poll(server, token, request, method="POST", path="/events"):
    client = server.client()
    client.request(method, path, json.dumps(request) if request is not None else None,
                   {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if token else {})
    response = client.getresponse()
    answer = response.read()
    return response.status, json.loads(answer) if answer else None


def part_of(token, number):
    part = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def events(place):
    """Tokens (RFC 9967) come until they are acknowledged, across a kill, and to nobody but who may have them."""
    # proves 9967-5-a 9967-5-c 9967-5-d 9967-6-a 8417-2.3-a 8936-2.2-a 8936-2.3-a 8936-2.4-a 8936-2.5.1-a
    if subprocess.run([SERVER, "--new-signing-key"], capture_output=True, timeout=30).returncode != 0:
        print("a server without libcjose signs no events")
        return
    for name in ("key", "another-key"):
        made = subprocess.run([SERVER, "--new-signing-key"], capture_output=True, text=True, timeout=30).stdout
        write_file(f"{place}/{name}", made)
    receiver = TOKEN + "-receiver"
    write_file(f"{place}/tokens", f"{TOKEN} all\n{receiver} receiver scopes=events\n")
    more = ["--token-file", f"{place}/tokens", "--event-key-file", f"{place}/key", "--events", "full",
            "--event-wait", "0", "--base-url", "http://scim.example.com/scim/v2"]
    server = Server(place, *more)
    user = server.create("ada")
    status, answer = poll(server, receiver, {})
    assert status == 200 and len(answer["sets"]) == 1, (status, answer)
    (jti, token), = answer["sets"].items()
    header, claims = part_of(token, 0), part_of(token, 1)
    assert header["typ"] == "secevent+jwt" and header["alg"] == "ES256", header
    assert claims["jti"] == jti and claims["sub_id"] == {"format": "scim", "uri": f"/Users/{user}"}, claims
    assert claims["aud"] == "http://scim.example.com/events/default" and "sub" not in claims, claims
    assert claims["events"]["urn:ietf:params:scim:event:prov:create:full"]["data"]["userName"] == "ada", claims
    status, keys = poll(server, None, None, "GET", "/events/jwks.json")
    assert status == 200 and keys["keys"][0]["kid"] == header["kid"] and "d" not in keys["keys"][0], keys
    for token_sent, request, method, expected in ((None, {}, "POST", 401), (TOKEN, {}, "POST", 403),
                                                  (receiver, None, "GET", 405), (receiver, {"ack": "x"}, "POST", 400)):
        status, _ = poll(server, token_sent, request, method)
        assert status == expected, (method, request, status)
    server.token = receiver
    assert server.send(server.client(), "GET", f"/Users/{user}")[0] == 403
    status, config = server.send(server.client(), "GET", "/ServiceProviderConfig")
    assert config["securityEvents"]["asyncRequest"] == "none" and len(config["securityEvents"]["eventUris"]) == 10, config
    server.end(signal.SIGKILL)
    server = Server(place, *more)
    status, answer = poll(server, receiver, {})
    assert list(answer["sets"]) == [jti], answer
    status, answer = poll(server, receiver, {"ack": [jti]})
    assert status == 200 and not answer["sets"], answer
    server.end(signal.SIGKILL)
    server = Server(place, *more)
    status, answer = poll(server, receiver, {})
    assert status == 200 and not answer["sets"], answer
    assert server.end(signal.SIGTERM) == 0
    pushed(place, more)
    for key, reason in ((f"{place}/nothing", "cannot be read"), (f"{place}/tokens", "no private JWK")):
        done = subprocess.run([SERVER, "--check-config", "--store", "memory", "--token", TOKEN, "--event-key-file", key],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and reason in done.stderr, done.stderr
    done = subprocess.run([SERVER, "--check-config", "--store", "memory", *more, "--event-push", "http://example.com/"],
                          capture_output=True, text=True, timeout=30)
    assert done.returncode != 0 and "https://" in done.stderr, done.stderr
    print("security event tokens come again after a kill until they are acknowledged, and to their receiver alone")


def pushed(place, more):
    """In order, again after a refusal and across a kill."""
    # proves 8935-2.1-a 8935-2.2-a 8935-2.3-a
    receiver = PushReceiver()
    write_file(f"{place}/push-token", "of-the-receiver\n")
    push = ["--event-push", f"http://127.0.0.1:{receiver.port}/", "--event-push-token-file", f"{place}/push-token"]
    server = Server(place, *more, *push)
    await_that(lambda: receiver.messages, "nothing is pushed")
    receiver.mode = "invalid_audience"
    before = receiver.attempts
    users = [server.create("ben"), server.create("cleo")]
    await_that(lambda: receiver.attempts > before, "nothing is pushed")
    log = lambda: open(f"{place}/log").read()
    await_that(lambda: "the answer is 400, invalid_audience. Next" in log(), log)
    receiver.mode = "what-no-rfc-has"
    await_that(lambda: "the answer is 400. Next" in log(), log)
    assert "no-rfc" not in log() and "Secret-of" not in log(), log()
    server.end(signal.SIGKILL)
    receiver.mode = "ok"
    server = Server(place, *more, *push)
    uris = lambda: [part_of(token, 1)["sub_id"]["uri"] for _, token in receiver.messages]
    await_that(lambda: uris()[-2:] == [f"/Users/{user}" for user in users], lambda: uris())
    assert not receiver.faults, receiver.faults
    assert server.end(signal.SIGTERM) == 0


def check_19_what_a_run_leaves_behind_has_no_secret_in_it(place):
    """In no file, log, answer, message, token, record or metric, but in the files that the operator keeps them in."""
    receiver, password = Receiver(), "Canary-" + os.urandom(12).hex()
    keys = {name: new_token() for name in ("client", "events", "metrics", "admin", "wrong")}
    made = subprocess.run([SERVER, "--new-signing-key"], capture_output=True, text=True, timeout=30).stdout
    kept = {"secret", "admin-tokens", "tokens", "key"}
    write_file(f"{place}/admin-tokens", keys["admin"] + "\n")
    write_file(f"{place}/tokens", f"{keys['client']} all\n{keys['events']} receiver scopes=events\n"
                                  f"{keys['metrics']} watcher scopes=metrics\n")
    admin_port = free_port()
    more = ["--token-file", f"{place}/tokens", "--webhook", f"http://127.0.0.1:{receiver.port}/", "--webhook-secret-file",
            f"{place}/secret", "--admin", f"127.0.0.1:{admin_port}", "--admin-token-file", f"{place}/admin-tokens"]
    if made:
        write_file(f"{place}/key", made)
        more += ["--event-key-file", f"{place}/key", "--events", "full"]
    if "without prometheus" not in subprocess.run([SERVER, "--check-config", "--store", "memory", "--token", TOKEN, "--metrics"],
                                                  capture_output=True, text=True, timeout=30).stderr:
        more += ["--metrics"]
    server = Server(place, *more, token=keys["client"], level="debug")
    said = []

    def ask(method, target, body=None, token=None, prefix="/scim/v2", port=None):
        client = http.client.HTTPConnection("127.0.0.1", port or server.port, timeout=30)
        client.request(method, prefix + target, json.dumps(body) if body is not None else None,
                       {"Authorization": f"Bearer {token or keys['client']}", "Content-Type": "application/json"})
        response = client.getresponse()
        said.append(str(response.getheaders()).encode() + response.read())
        return response.status, said[-1]

    new = {"schemas": [USER], "userName": "ada", "password": password}
    assert ask("POST", "/Users", new)[0] == 201
    user = json.loads(said[-1][said[-1].index(b"{"):])["id"]
    change = {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "password", "value": password + "!"}]}
    assert ask("PATCH", f"/Users/{user}", change)[0] in (200, 204)
    assert ask("POST", "/Users", new)[0] == 409
    change["Operations"][0]["path"] = "password.part"
    assert ask("PATCH", f"/Users/{user}", change)[0] == 400
    ask("GET", f"/Users?filter=password%20eq%20%22{password}%22")
    assert ask("GET", "/Users", token=keys["wrong"])[0] == 401
    ask("POST", "", {}, keys["events"], "/events")
    ask("GET", "", None, keys["metrics"], "/metrics")
    token = {"schemas": ["urn:scimkit:params:scim:schemas:admin:1.0:Token"], "name": "made", "tenant": "default",
             "scopes": ["users.read"], "key": keys["wrong"]}
    assert ask("POST", "/Tokens", token, keys["admin"], "/admin/scim/v2", admin_port)[0] == 201
    await_that(lambda: len(receiver.messages) >= 2, "not told")
    await_that(lambda: ask("GET", "/AuditRecords", None, keys["admin"], "/admin/scim/v2", admin_port)[1].count(b'"position"') >= 3,
               "not audited")
    said += [body.encode() for _, body in receiver.messages]
    said += [base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)) for one in list(said)
             for found in re.findall(rb"eyJ[\w-]+\.[\w-]+\.[\w-]+", one) for part in found.split(b".")[:2]]
    assert server.end(signal.SIGTERM) == 0
    for folder, _, names in os.walk(place):
        said += [open(os.path.join(folder, name), "rb").read() for name in names if name not in kept]
    secrets = [password, SECRET.removeprefix("whsec_"), *keys.values()] + ([json.loads(made)["d"]] if made else [])
    assert sum(b"ada" in one for one in said) >= 5, "the search finds nothing at all"
    for secret in secrets:
        for one in said:
            assert secret.encode() not in one, one[:300]
    print(f"{len(secrets)} secrets are in none of {len(said)} files, answers and messages")


def refused_settings(place):
    write_file(f"{place}/short", "whsec_c2hvcnQ=\n")
    for arguments, reason in (
            (["--webhook", "http://example.com/", "--webhook-secret-file", f"{place}/secret"], "https://"),
            (["--webhook", "https://user@example.com/", "--webhook-secret-file", f"{place}/secret"], "https://"),
            (["--webhook", "https://example.com/"], "webhook-secret-file"),
            (["--webhook-secret-file", f"{place}/secret"], "https://"),
            (["--webhook", "https://example.com/", "--webhook-secret-file", f"{place}/nothing"], "cannot be read"),
            (["--webhook", "https://example.com/", "--webhook-secret-file", f"{place}/short"], "bytes")):
        done = subprocess.run([SERVER, "--check-config", "--store", "memory", "--token", TOKEN, *arguments],
                              capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and reason in done.stderr, (arguments, done.stderr)
        assert "c2hvcnQ" not in done.stderr


def write_file(name, text):
    with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def new_token():
    return subprocess.run([SERVER, "--new-token"], capture_output=True, text=True, timeout=30).stdout.strip()


TOKEN, ADMIN = "token-of-the-webhook-test", new_token()
with tempfile.TemporaryDirectory(prefix="scimkit-webhook-") as directory:
    parts = (kill_rounds,) if sys.argv[3:] == ["kills"] else (
        refused_settings, tenants, events, check_19_what_a_run_leaves_behind_has_no_secret_in_it, misbehaviour, kill_rounds)
    for number, part in enumerate(parts):
        os.mkdir(f"{directory}/{number}")
        write_file(f"{directory}/{number}/secret", SECRET + "\n")
        part(f"{directory}/{number}")
