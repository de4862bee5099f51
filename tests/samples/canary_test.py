#!/usr/bin/env python3
"""Secrets go into a running server in every way that there is, are accepted and refused, and then everything that the
server has left behind is searched for them: data files, logs, answers, metrics, records, exports.

    canary_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import base64
import http.server
import json
import os
import sys
import threading
import time
import unittest

import running
from running import BULK, PATCH, SEARCH, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
DELTA = "urn:ietf:params:scim:api:messages:2.0:delta:request"
PASSWORD = "Qx7-c4n4ry-of-a-password-9Zk"  # put in as `password`
OF_PAGE = "Jw3-c4n4ry-of-the-page-5Tb-long-enough"
WRONG = "Rv8-c4n4ry-that-opens-nothing-2Mh"  # shown as a credential


def claims_of(token):
    """What a security event token says, in clear."""
    return "\n".join(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode() for part in token.split(".")[:2])


class Receiver(http.server.ThreadingHTTPServer):
    """Takes the posts of a webhook, and security event tokens."""

    def __init__(self):
        self.posts, self.paths = [], set()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append(f"{self.headers}\n{body.decode()}" if not self.path.endswith("/events") else claims_of(body.decode()))
                receiver.paths.add(self.path)
                self.send_response(202 if self.path.endswith("/events") else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


def patch(*operations):
    return {"schemas": [PATCH], "Operations": list(operations)}


class Canary(unittest.TestCase):
    def setUp(self):
        self.server = running.Running(SERVER, "--dry-run-header", "--tolerance", "basic-authentication=on", "--delta-query",
                                      "--respond-async", *(["--token-endpoint"] if "oauth" in FEATURES else []), features=FEATURES)
        self.password_file = self.server.folder / "page-password"
        self.server.arguments += ["--admin-password-file", str(self.password_file), "--deletion-guard", "500"]
        cursor_key = os.urandom(32).hex()
        # Files of secrets that the operator has made.
        self.given = [self.server.admin_keys, self.server.secret_file("cursor-key", cursor_key + "\n")]
        self.server.arguments += ["--cursor-key-file", str(self.given[-1])]
        if "client" in FEATURES:
            self.receiver = Receiver()
            self.addCleanup(self.receiver.server_close)
            self.addCleanup(self.receiver.shutdown)
            self.signing = base64.b64encode(os.urandom(32)).decode()
            self.given.append(self.server.secret_file("webhook-secret", f"whsec_{self.signing}\n"))
            self.server.arguments += ["--webhook", f"http://127.0.0.1:{self.receiver.server_address[1]}/scim", "--webhook-secret-file",
                                      str(self.given[-1])]
            self.sealing, self.signing_of_tenant = os.urandom(32).hex(), base64.b64encode(os.urandom(32)).decode()
            self.given.append(self.server.secret_file("secret-key", self.sealing + "\n"))
            self.server.arguments += ["--secret-key-file", str(self.given[-1])]
        if "oauth" in FEATURES:
            signing_key = self.server.run("--new-signing-key")
            self.given.append(self.server.secret_file("event-key", signing_key))
            self.server.arguments += ["--event-key-file", str(self.given[-1]), "--events", "full"]
        self.one_time = self.server.run("admin", "reset-password", "--password-file", str(self.password_file)).strip()
        self.server.start()
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)
        self.secrets = {"page, one time": self.one_time, "page": OF_PAGE, "password": PASSWORD, "wrong": WRONG,
                        "administrator": self.server.admin_key, "cursors": cursor_key}
        if "client" in FEATURES:
            self.secrets |= {"webhook": self.signing, "webhook of a tenant": self.signing_of_tenant, "sealing": self.sealing}
        if "oauth" in FEATURES:
            self.secrets["event key"] = json.loads(signing_key)["d"]

    def users(self, key, root):
        """Each way in for a password, accepted and refused."""
        send, statuses = self.server.send, []

        def ask(method, path, body=None, **more):
            statuses.append(send(method, root + path, body, key, **more).status)

        made = send("POST", root + "/Users", {"schemas": [USER], "userName": "ada", "password": PASSWORD}, key)
        self.assertEqual(made.status, 201, made.text)
        user = "/Users/" + made.json()["id"]
        whole = {"schemas": [USER], "userName": "ada", "password": PASSWORD}
        forms = [
            {"op": "replace", "path": "password", "value": PASSWORD}, {"op": "Add", "path": f"{USER}:password", "value": PASSWORD},
            {"op": "replace", "value": {"password": PASSWORD}}, {"op": "replace", "value": {"Password": PASSWORD, "active": True}},
            {"op": "replace", "path": "password", "value": {"value": PASSWORD}}, {"op": "replace", "path": "password", "value": [PASSWORD]},
            {"op": "remove", "path": f'password[value eq "{PASSWORD}"]'}, {"op": "nonsense", "path": "password", "value": PASSWORD},
            {"op": "replace", "path": "password.sub", "value": PASSWORD}, {"op": "replace", "value": json.dumps({"password": PASSWORD})},
            {"op": "add", "value": {f'password[type eq "{PASSWORD}"].value': "x"}}, {"op": "add", "path": f"password {PASSWORD}", "value": "x"},
            {"op": "add", "path": "userPassword", "value": PASSWORD}, {"op": "add", "value": {"client-secret": PASSWORD}},
            {"op": "replace", "path": "password", "oldValue": PASSWORD, "value": "x"},
        ]
        filters = [f'password eq "{PASSWORD}"', f"password eq {PASSWORD}", f"password {PASSWORD}", f'"{PASSWORD}" eq password',
                   f'userName eq "ada" and password sw "{PASSWORD}"', f'PASSWORD co "{PASSWORD}', f'{USER}:password ge "{PASSWORD}"',
                   f'not (password eq "{PASSWORD}")', f'password[value eq "{PASSWORD}"]']
        for body in (whole, {**whole, "active": {"not": "a boolean"}}, {**whole, "userName": ["ada", 1]}, {**whole, "unknown": PASSWORD[:0]},
                     json.dumps(whole)[:-1], json.dumps(whole) + "}", json.dumps(whole).replace("password", "PASSWORD")):
            ask("POST", "/Users", body)
            ask("PUT", user, body)
            ask("PUT", user, body, headers={"SCIM-Dry-Run": "true"})
            ask("PUT", "/Users/nobody", body)
            ask("PUT", user, body, content_type="text/plain")
        for form in forms:
            ask("PATCH", user, patch(form))
            ask("PATCH", user, patch(form, {"op": "replace", "path": "userName", "value": []}))
            ask("PATCH", "/Users/nobody", patch(form))
            ask("POST", "/Bulk", {"schemas": [BULK], "Operations": [
                {"method": "PATCH", "path": user, "data": patch(form)}, {"method": "POST", "path": "/Users", "bulkId": "b", "data": whole},
                {"method": "PUT", "path": user, "data": whole}, {"method": "NONE", "path": f"/Users?password={PASSWORD}", "data": whole}]})
        for text in filters:
            ask("POST", "/Users/.search", {"schemas": [SEARCH], "filter": text})
            ask("POST", "/.search", {"schemas": [SEARCH], "filter": text, "sortBy": "password"})
            ask("GET", "/Users?filter=" + quote(text))
            ask("GET", "/Users?filter=" + text.replace(" ", "+").replace('"', "%22"))
            ask("GET", "/Users?filter=" + quote(quote(text)))
            ask("GET", "/Users?sortBy=password&filter=" + quote(text))
            ask("PATCH", user + "?attributes=" + quote(text), patch(forms[0]))
        ask("GET", f"/Users?password={PASSWORD}&token={WRONG}&access_token={WRONG}")
        for body in (whole, {**whole, "userName": "bob"}):
            ask("POST", "/Users", body, headers={"Prefer": "respond-async"})
        for text in filters:
            ask("POST", "/Users/.delta", {"schemas": [DELTA], "deltaToken": "x", "filter": text})
        self.assertIn(200, statuses)
        self.assertIn(400, statuses)
        self.assertIn(404, statuses)
        self.assertIn(409, statuses)

    def credentials(self, key, root):
        send = self.server.send
        basic = lambda secret: {"Authorization": "Basic " + base64.b64encode(f"user:{secret}".encode()).decode()}
        self.assertEqual(send("GET", root + "/Users", headers=basic(key)).status, 200)
        for headers in (basic(WRONG), {"Authorization": f"Bearer {WRONG}"}, {"Authorization": f"Token {WRONG}"}, {"X-Api-Key": WRONG},
                        {"Cookie": f"session={WRONG}"}, {"Proxy-Authorization": WRONG}):
            self.assertEqual(send("GET", root + "/Users", headers=headers).status, 401)
            self.assertEqual(send("POST", root + "/Users", {"password": PASSWORD}, headers=headers).status, 401)
        # In the wrong place, an answer may tell a client what it has sent; nobody else learns it.
        send("GET", f"{root}/Users/{key}", key=key, remember=False)
        send("GET", f"{root}/Users?filter=" + quote(f'userName eq "{key}"'), key=key, remember=False)
        send("POST", f"{root}/Users", {"schemas": [USER], "userName": 5, "displayName": key}, key, remember=False)
        send("PATCH", f"{root}/Users/1", patch({"op": "replace", "path": key, "value": key}), key, remember=False)
        send("GET", f"{root}/Users", key=key, headers={"X-Request-Id": key, "User-Agent": key}, remember=False)
        send("GET", "/scim/v2/Users", key=key)  # of another tenant

    def page(self):
        page = lambda method, path, body, **more: self.server.send(
            method, "/admin/api" + path, body, port=self.server.admin_port, content_type="application/json", **more)
        self.assertEqual(page("POST", "/login", {"secret": WRONG}).status, 401)
        answer = page("POST", "/login", {"secret": self.one_time})
        self.assertEqual(answer.status, 200)

        def session(answer):
            cookie = answer.headers["Set-Cookie"].split(";")[0]
            self.secrets["session " + str(len(self.secrets))] = cookie.split("=", 1)[1]
            return {"Cookie": cookie, "X-CSRF-Token": answer.json()["csrf"]}

        answer = page("POST", "/password", {"password": OF_PAGE}, headers=session(answer))
        self.assertEqual(answer.status, 200)
        answer = page("POST", "/login", {"secret": OF_PAGE})
        self.assertEqual(answer.status, 200)
        self.assertEqual(page("POST", "/password", {"password": WRONG, "current": WRONG}, headers=session(answer)).status, 403)

    def webhook_of(self, tenant):
        """A secret that has to be known again is kept sealed; accepted and refused."""
        url = f"http://127.0.0.1:{self.receiver.server_address[1]}/{tenant}"
        path = "/Tenants/" + self.server.administer("GET", "/Tenants?filter=" + quote(f'name eq "{tenant}"')).json()["Resources"][0]["id"]
        secret = "whsec_" + self.signing_of_tenant
        for target, value, status in ((url, secret, 200), (url, secret, 200), ("http://example.com/", secret + "x", 400), (url, [secret, secret], 400),
                                      (url, self.signing_of_tenant, 400), (url, "Bearer " + secret, 400)):
            answer = self.server.administer("PATCH", path, patch({"op": "replace", "value": {"webhook": target, "webhookSecret": value}}))
            self.assertEqual(answer.status, status, answer.text)
        self.server.administer("GET", "/Tenants?filter=" + quote(f'webhookSecret eq "{secret}"'))

    def push_to(self, tenant):
        """Another secret that has to be known again."""
        authorization = self.secrets["push"] = base64.b64encode(os.urandom(30)).decode()
        path = "/Tenants/" + self.server.administer("GET", "/Tenants?filter=" + quote(f'name eq "{tenant}"')).json()["Resources"][0]["id"]
        answer = self.server.administer("PATCH", path, patch({"op": "replace", "value": {
            "eventPush": f"http://127.0.0.1:{self.receiver.server_address[1]}/{tenant}/events", "eventPushAuthorization": "Bearer " + authorization}}))
        self.assertEqual(answer.status, 200, answer.text)

    def polled(self, tenant):
        """All events of a tenant, as a receiver reads them."""
        key, told, seen = self.server.tenant(tenant, ("events",)), {}, []
        self.secrets["events of " + tenant] = key
        while not seen or told:
            told = self.server.send("POST", "/events", {"ack": list(told), "returnImmediately": True}, key,
                                    content_type="application/json").json()["sets"]
            seen.append(json.dumps(told))
            seen += [claims_of(token) for token in told.values()]
        return seen

    def changes(self, key, root, token):
        """Since before all requests, as a client follows them."""
        found = self.server.send("POST", root + "/Users/.delta", {"schemas": [DELTA], "deltaToken": token}, key)
        self.assertEqual(found.status, 200, found.text)

    def clients(self):
        """An OAuth client, its tokens, and what is wrong with them."""
        secret = self.server.run("--new-token").strip()
        self.secrets["client"] = secret
        self.assertEqual(self.server.administer("POST", "/Clients", {
            "schemas": ["urn:scimkit:params:scim:schemas:admin:1.0:Client"], "name": "okta", "tenant": "acme", "scopes": ["scim"],
            "secret": secret}).status, 201)
        form = lambda body, headers=(): self.server.send("POST", "/oauth/token", body, headers=headers,
                                                         content_type="application/x-www-form-urlencoded")
        basic = {"Authorization": "Basic " + base64.b64encode(f"okta:{secret}".encode()).decode()}
        got = form("grant_type=client_credentials", basic)
        self.assertEqual(got.status, 200)
        token = got.json()["access_token"]
        self.secrets["access token"] = token
        self.assertEqual(self.server.send("GET", "/acme/scim/v2/Users", key=token).status, 200)
        self.assertEqual(form(f"grant_type=client_credentials&client_id=okta&client_secret={WRONG}").status, 401)
        self.assertEqual(form(f"grant_type={WRONG}&client_secret={secret}").status // 100, 4)
        self.assertEqual(self.server.send("POST", "/oauth/token", {"client_secret": secret, "assertion": WRONG}).status // 100, 4)

    def left_behind(self):
        """What anybody could find, by its name."""
        self.server.stop()
        found = {"said": self.server.said}
        for file in self.server.folder.rglob("*"):
            if file.is_file() and file not in self.given:
                found[str(file)] = file.read_bytes().decode("latin-1")
        return found

    def test_security_check_19_no_secret_of_a_whole_run_is_found_anywhere(self):
        for number, tenant in enumerate(("acme", "globex")):
            key = self.server.tenant(tenant)
            self.secrets[f"key {number}"] = key
            if tenant == "acme" and "client" in FEATURES:
                self.webhook_of(tenant)  # before its changes, or the server's own webhook may have told of all of them
                if "oauth" in FEATURES:
                    self.push_to(tenant)
            before = self.server.send("GET", f"/{tenant}/scim/v2/Users/.deltaToken", key=key).json()["value"]
            self.users(key, f"/{tenant}/scim/v2")
            self.credentials(key, f"/{tenant}/scim/v2")
            self.changes(key, f"/{tenant}/scim/v2", before)
        self.page()
        if "oauth" in FEATURES:
            self.clients()
        if "metrics" in FEATURES:
            watch = self.server.tenant("acme", ("metrics", "scim.read"))
            self.secrets["watch"] = watch
            self.assertIn("scimkit_request_records_total", self.server.send("GET", "/metrics", key=watch).text)
        records = self.server.records("refused eq true", 50)
        self.assertTrue(any(record.get("redacted") for record in records))
        self.assertTrue(any("[redacted]" in record.get("requestBody", "") for record in records))
        self.given.append(self.server.secret_file("admin-key", self.server.admin_key + "\n"))
        where = ["--url", f"http://127.0.0.1:{self.server.admin_port}/admin/scim/v2", "--key-file", str(self.given[-1])]
        exported = self.server.run("requests", *where, "export")
        audited = self.server.run("audit", "export", *where)
        lines = [json.loads(line) for line in exported.splitlines()]
        self.assertGreater(len(lines), 200)

        self.assertIn("password", audited)  # its name, not its value
        texts = {"export": exported, "audit": audited, **{f"answer {i}": text for i, text in enumerate(self.server.answers)}}
        if "oauth" in FEATURES:
            told = self.polled("acme") + self.polled("globex")
            self.assertTrue(any("prov:create:full" in text for text in told), "the test tests nothing")
            texts.update({f"event {i}": text for i, text in enumerate(told)})
        if "client" in FEATURES:
            wanted = {"/acme", "/acme/events"} if "oauth" in FEATURES else {"/acme"}
            for _ in range(200):
                if wanted <= self.receiver.paths:
                    break
                time.sleep(0.05)
            self.assertTrue(self.receiver.posts)
            self.assertLessEqual(wanted, self.receiver.paths)
            texts.update({f"post {i}": text for i, text in enumerate(self.receiver.posts)})
        shown = {self.secrets["access token"]} if "access token" in self.secrets else set()
        sessions = {secret for name, secret in self.secrets.items() if name.startswith("session")}
        problems = []
        texts.update(self.left_behind())
        for name, secret in self.secrets.items():
            for form in running.spellings(secret):
                for where, text in texts.items():
                    is_its_own_answer = where.startswith("answer") and secret in shown | sessions and (
                        "Set-Cookie" in text or '"access_token"' in text)
                    if form in text and not is_its_own_answer:
                        problems.append((name, form, where, text[max(0, text.index(form) - 200):][:400]))
        for problem in problems:
            print(*problem, sep="\n    ")
        self.assertEqual(len(problems), 0, "places are printed above")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
