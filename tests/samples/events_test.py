#!/usr/bin/env python3
"""Who polls for security event tokens gets those of a tenant that is served, and no others.

    events_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import base64
import hmac
import http.server
import json
import signal
import sys
import threading
import time
import unittest

import running
from running import ACCOUNT, MARK, PATCH, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])


@unittest.skipUnless("oauth" in FEATURES, "a server without libcjose signs no events")
class Polled(unittest.TestCase):
    def setUp(self):
        self.server = running.Running(SERVER, "--events", "full", "--request-log-redact", "name.familyName", features=FEATURES)
        key = self.server.secret_file("event-key", self.server.run("--new-signing-key"))
        self.server.arguments += ["--event-key-file", str(key)]
        self.server.start()
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)

    def poll(self, key, waits=False):
        return self.server.send("POST", "/events", {"returnImmediately": not waits}, key, content_type="application/json")

    def test_a_tenant_that_is_switched_off_or_gone_tells_no_receiver_anything(self):
        server = self.server
        key, receiver, other = server.tenant("acme"), server.tenant("acme", ["events"]), server.tenant("globex", ["events"])
        self.assertEqual(server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada"}, key).status, 201)
        self.assertEqual(len(self.poll(receiver).json()["sets"]), 1)
        tenant = "/Tenants/" + server.administer("GET", "/Tenants?filter=" + quote('name eq "acme"')).json()["Resources"][0]["id"]

        def switch(on):
            self.assertEqual(server.administer("PATCH", tenant, {"schemas": [PATCH], "Operations": [
                {"op": "replace", "path": "enabled", "value": on}]}).status, 200)

        switch(False)
        refused = self.poll(receiver)
        self.assertEqual(refused.status, 403, refused.text)
        self.assertNotIn("sets", refused.text)
        self.assertEqual(self.poll(other).json()["sets"], {})
        switch(True)
        self.assertEqual(len(self.poll(receiver).json()["sets"]), 1)
        self.assertEqual(server.administer("DELETE", tenant).status, 204)
        refused = self.poll(receiver)
        self.assertEqual(refused.status, 404, refused.text)
        self.assertNotIn("sets", refused.text)

    def test_what_is_not_kept_of_requests_is_not_kept_of_events_either(self):
        server, hidden = self.server, "Hiddenfamilyname7261"
        key, receiver = server.tenant("acme"), server.tenant("acme", ["events"])
        made = server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada", "name": {"familyName": hidden}}, key)
        self.assertEqual(made.status, 201)
        told = self.poll(receiver).json()["sets"]
        self.assertTrue(any(form in token for token in told.values() for form in running.spellings(hidden)), "the test tests nothing")
        acknowledged = server.send("POST", "/events", {"ack": list(told), "returnImmediately": True}, receiver, content_type="application/json")
        self.assertEqual(acknowledged.status, 200)
        kept = json.dumps(server.records('path eq "/events"', 2))
        self.assertNotIn("requestBody", kept)
        self.assertNotIn("responseBody", kept)
        kept += json.dumps(server.records('path sw "/acme"'))
        for form in running.spellings(hidden):
            self.assertNotIn(form, kept)

    def test_a_poll_waits_for_a_token_and_ends_when_its_key_is_revoked_or_the_server_stops(self):
        server = self.server
        key, receiver = server.tenant("acme"), server.tenant("acme", ["events"])
        answers = []
        waiting = threading.Thread(target=lambda: answers.append(self.poll(receiver, waits=True)))
        began = time.monotonic()
        waiting.start()
        time.sleep(0.5)
        self.assertEqual(answers, [])
        server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ada"}, key)
        waiting.join()
        self.assertEqual(len(answers[0].json()["sets"]), 1)
        self.assertLess(time.monotonic() - began, 20)
        self.assertEqual(server.send("POST", "/events", {"returnImmediately": True, "ack": list(answers[0].json()["sets"])},
                                     receiver, content_type="application/json").json()["sets"], {})
        waiting = threading.Thread(target=lambda: answers.append(self.poll(receiver, waits=True)))
        waiting.start()
        time.sleep(0.5)
        token = server.administer("GET", "/Tokens?filter=" + quote('scopes eq "events"')).json()["Resources"][0]["id"]
        server.administer("PATCH", f"/Tokens/{token}", {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": "revoked", "value": True}]})
        waiting.join()
        self.assertEqual(answers[1].status, 401)
        self.assertIn("Bearer", answers[1].headers["WWW-Authenticate"])
        other = server.tenant("acme", ["events"])
        waiting = threading.Thread(target=lambda: answers.append(self.poll(other, waits=True)))
        waiting.start()
        time.sleep(0.5)
        began = time.monotonic()
        server.stop()
        waiting.join()
        self.assertLess(time.monotonic() - began, 15)


    def test_the_key_is_exchanged_while_tokens_of_the_one_before_can_still_be_checked(self):
        server, file = self.server, self.server.folder / "event-key"
        key, receiver = server.tenant("acme"), server.tenant("acme", ["events"])

        def shown():
            keys = server.send("GET", "/events/jwks.json").json()["keys"]
            self.assertFalse([each for each in keys if "d" in each])
            return [each["kid"] for each in keys]

        def signed_by():
            """The key of a new token."""
            server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": f"u{len(server.answers)}"}, key)
            told = self.poll(receiver).json()["sets"]
            server.send("POST", "/events", {"ack": list(told), "returnImmediately": True}, receiver, content_type="application/json")
            head = next(iter(told.values())).split(".")[0]
            return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["kid"]

        def exchange(text, said):
            before = len(server.log.read_text(encoding="utf-8"))
            server.secret_file("event-key", text)
            server.process.send_signal(signal.SIGHUP)
            for _ in range(200):
                if said in server.log.read_text(encoding="utf-8")[before:]:
                    return
                time.sleep(0.05)
            self.fail(said)

        old_text, (old,) = file.read_text(encoding="utf-8"), shown()
        self.assertEqual(signed_by(), old)
        taken = "SIGHUP: took the keys of events anew"
        new_text, third_text = server.run("--new-signing-key"), server.run("--new-signing-key")
        exchange(old_text + new_text, taken)  # announced before it signs
        new = [each for each in shown() if each != old][0]
        self.assertEqual((shown(), signed_by()), ([old, new], old))
        exchange(new_text + old_text, taken)
        self.assertEqual((shown(), signed_by()), ([new, old], new))
        exchange(third_text, taken)  # whoever forgot the ones before
        third = shown()[0]
        self.assertEqual((shown(), signed_by()), ([third, old, new], third))
        for broken in ("", "{}", "no key", new_text + "{}\n", (new_text + "\n") * 5, json.dumps({"kty": "EC", "crv": "P-256"})):
            exchange(broken, "SIGHUP: goes on with the old keys of events")
            self.assertEqual((shown(), signed_by()), ([third, old, new], third))
        log = server.log.read_text(encoding="utf-8")
        for text in (old_text, new_text, third_text):
            self.assertNotIn(json.loads(text)["d"], log)


class Receiver:
    """Takes what is posted, by path; answers 503 while it is told to."""

    def __init__(self):
        received, self.refuses = [], False
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if not receiver.refuses:
                    received.append((self.path, dict(self.headers.items()), body))
                self.send_response(503 if receiver.refuses else 202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.received = received
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def at(self, path, least):
        """What came there, as soon as there is so much."""
        for _ in range(300):
            found = [each for each in self.received if each[0] == path]
            if len(found) >= least:
                return found
            time.sleep(0.05)
        raise AssertionError((path, least, self.received))


@unittest.skipUnless({"oauth", "client"} <= FEATURES, "a server without libcjose or libcurl pushes nothing")
class Pushed(unittest.TestCase):
    def setUp(self):
        self.server = server = running.Running(SERVER, "--events", "full", "--event-feed", "managed", features=FEATURES)
        key = server.secret_file("event-key", server.run("--new-signing-key"))
        self.secret_keys = server.secret_file("secret-keys", "ab" * 32 + "\n")
        schemas = server.secret_file("account.json", json.dumps(ACCOUNT))
        server.arguments += ["--event-key-file", str(key), "--secret-key-file", str(self.secret_keys), "--schema", str(schemas)]
        server.start()
        self.receiver = Receiver()
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        self.webhook_secret = "whsec_" + base64.b64encode(b"k" * 32).decode()
        self.push_token = "token-of-the-receiver"

    def change(self, tenant, **values):
        found = self.server.administer("GET", "/Tenants?filter=" + quote(f'name eq "{tenant}"')).json()["Resources"][0]["id"]
        return self.server.administer("PATCH", f"/Tenants/{found}", {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": name, "value": value} for name, value in values.items()]})

    def own_targets(self, tenant):
        return self.change(tenant, webhook=f"{self.receiver.url}/{tenant}", webhookSecret=self.webhook_secret,
                           eventPush=f"{self.receiver.url}/{tenant}/events",
                           eventPushAuthorization="Bearer " + self.push_token)

    def user(self, tenant, key, name):
        made = self.server.send("POST", f"/{tenant}/scim/v2/Users", {"schemas": [USER], "userName": name}, key)
        self.assertEqual(made.status, 201, made.text)
        return made.json()["id"]

    @staticmethod
    def events_of(token):
        part = token.split(b".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
        return claims["sub_id"]["uri"], [uri.removeprefix("urn:ietf:params:scim:event:") for uri in claims["events"]]

    def test_a_tenant_has_receivers_of_its_own_whose_secrets_are_nowhere_in_clear(self):
        server, receiver = self.server, self.receiver
        acme, globex = server.tenant("acme"), server.tenant("globex")
        changed = self.own_targets("acme")
        self.assertEqual(changed.status, 200, changed.text)
        self.assertNotIn("ecret", changed.text.replace("webhookSecret", ""))
        user = self.user("acme", acme, "ada")
        self.user("globex", globex, "ben")
        (_, headers, body), = receiver.at("/acme", 1)
        self.assertEqual(json.loads(body)["data"]["id"], user)
        signed = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'.encode() + body
        self.assertEqual(headers["webhook-signature"],
                         "v1," + base64.b64encode(hmac.new(b"k" * 32, signed, "sha256").digest()).decode())
        (_, headers, body), = receiver.at("/acme/events", 1)
        self.assertEqual(headers["Authorization"], "Bearer " + self.push_token)
        self.assertEqual(self.events_of(body), (f"/Users/{user}", ["prov:create:full"]))
        self.assertEqual({each[0] for each in receiver.received}, {"/acme", "/acme/events"})
        server.stop()
        everything = [file.read_bytes() for file in server.folder.rglob("*") if file.is_file() and file != self.secret_keys]
        everything += [answer.encode() for answer in server.answers] + [server.said.encode()]
        for secret in (self.webhook_secret.removeprefix("whsec_"), self.push_token, "ab" * 32):
            for form in running.spellings(secret):
                self.assertFalse(any(form.encode() in each for each in everything), form)

    def test_what_changes_while_a_tenant_is_off_is_told_when_it_is_on_again_and_nothing_when_it_is_gone(self):
        server, receiver = self.server, self.receiver
        key = server.tenant("acme")
        self.own_targets("acme")
        receiver.refuses = True
        self.user("acme", key, "ada")
        self.change("acme", enabled=False)
        time.sleep(1)
        receiver.refuses = False
        time.sleep(2)
        self.assertEqual(receiver.received, [])
        self.change("acme", enabled=True)
        receiver.at("/acme", 1)
        receiver.at("/acme/events", 1)
        tenant = server.administer("GET", "/Tenants?filter=" + quote('name eq "acme"')).json()["Resources"][0]["id"]
        receiver.refuses = True
        self.user("acme", key, "ben")
        self.assertEqual(server.administer("DELETE", f"/Tenants/{tenant}").status, 204)
        time.sleep(1)  # what was under way is refused
        receiver.refuses = False
        time.sleep(2)
        self.assertEqual(len(receiver.received), 2)

    @unittest.skipUnless("metrics" in FEATURES, "a server without prometheus-cpp counts nothing")
    def test_prometheus_is_told_what_waits_what_failed_and_what_was_delivered(self):
        server, receiver = self.server, self.receiver
        key, watcher = server.tenant("acme"), server.tenant("acme", ["metrics"])
        self.own_targets("acme")

        def told(name, reader, **labels):
            labels = ",".join(f'{label}="{value}"' for label, value in sorted({"reader": reader, **labels}.items()))
            return server.metrics(watcher).get(f"scimkit_{name}{{{labels}}}")

        def becomes(expected, *what, **labels):
            for _ in range(200):
                if expected(told(*what, **labels)):
                    return
                time.sleep(0.1)
            self.fail((what, labels, told(*what, **labels)))

        receiver.refuses = True
        self.user("acme", key, "ada")
        for reader in ("webhook", "events-push"):
            self.assertEqual(told("deliveries_total", reader, outcome="delivered"), 0)
            becomes(lambda value: value and value >= 2, "deliveries_total", reader, outcome="failed")
            becomes(lambda value: value == 1, "deliveries_waiting", reader)
            becomes(lambda value: value == 1, "log_reader_lag_changes", reader)
            becomes(lambda value: value and value >= 1, "log_reader_lag_seconds", reader)
        becomes(lambda value: value == 0, "log_reader_lag_changes", "audit")
        self.assertGreater(server.metrics(watcher)["scimkit_change_log_bytes"], 0)
        self.assertGreater(server.metrics(watcher)["scimkit_store_look_seconds"], 0)
        receiver.refuses = False
        for reader in ("webhook", "events-push"):
            becomes(lambda value: value == 1, "deliveries_total", reader, outcome="delivered")
            becomes(lambda value: value == 0, "deliveries_waiting", reader)
            becomes(lambda value: value == 0, "log_reader_lag_seconds", reader)

    def test_a_secret_needs_the_key_and_another_key_opens_nothing(self):
        server, receiver = self.server, self.receiver
        key = server.tenant("acme")
        self.own_targets("acme")
        server.stop()
        self.secret_keys.write_text("cd" * 32 + "\n", encoding="utf-8")
        of_all = server.secret_file("webhook-secret", self.webhook_secret + "\n")
        server.arguments += ["--webhook", receiver.url + "/all", "--webhook-secret-file", str(of_all)]
        server.start()
        self.user("acme", key, "ada")  # it is served all the same
        time.sleep(2)
        self.assertEqual(receiver.received, [])  # nor is anybody else told
        self.assertIn("not in --secret-key-file", server.log.read_text(encoding="utf-8"))
        self.secret_keys.write_text("cd" * 32 + "\n" + "ab" * 32 + "\n", encoding="utf-8")
        receiver.at("/acme", 1)  # the file is read anew
        changed = self.own_targets("acme")  # seals them by the first
        self.assertEqual(changed.status, 200, changed.text)
        self.secret_keys.write_text("cd" * 32 + "\n", encoding="utf-8")
        time.sleep(6)
        self.user("acme", key, "ben")
        receiver.at("/acme", 2)
        server.stop()
        at = server.arguments.index("--secret-key-file")
        del server.arguments[at:at + 2]
        server.start()
        server.tenant("globex")
        refused = self.own_targets("globex")
        self.assertEqual(refused.status, 400)
        self.assertIn("--secret-key-file", refused.text)

    def test_a_target_that_cannot_be_is_refused(self):
        self.server.tenant("acme")
        for wrong in ({"webhook": "http://example.com/", "webhookSecret": self.webhook_secret},
                      {"webhook": f"{self.receiver.url}/"}, {"webhook": f"{self.receiver.url}/", "webhookSecret": "whsec_YQ=="},
                      {"eventPush": "ftp://example.com/"},
                      {"eventPush": f"{self.receiver.url}/", "eventPushAuthorization": "Bearer a b"},
                      {"managedBy": "nickName"}, {"managedBy": "urn:example:Account:other"}):
            refused = self.change("acme", **wrong)
            self.assertEqual(refused.status, 400, (wrong, refused.text))
            self.assertNotIn("YQ==", refused.text)

    def test_a_tenant_whose_mark_no_schema_has_any_more_is_switched_off(self):
        server = self.server
        key, other = server.tenant("acme"), server.tenant("globex")
        self.assertEqual(self.change("acme", managedBy=MARK).status, 200)
        server.stop()
        at = server.arguments.index("--schema")
        del server.arguments[at:at + 2]
        server.start()
        self.assertEqual(server.send("GET", "/acme/scim/v2/Users", key=key).status, 403)
        self.assertEqual(server.send("GET", "/globex/scim/v2/Users", key=other).status, 200)
        self.assertIn("Tenant acme: managedBy", server.log.read_text(encoding="utf-8"))

    def test_an_account_is_handed_over_and_taken_back_as_an_event_says(self):
        server, receiver = self.server, self.receiver
        key, other = server.tenant("acme"), server.tenant("globex")
        self.assertEqual(self.change("acme", managedBy=MARK).status, 200)
        self.own_targets("acme")
        user, free = self.user("acme", key, "ada"), self.user("globex", other, "ben")
        path = f"/acme/scim/v2/Users/{user}"

        def admin(command, name, tenant="acme", check=True):
            return server.run("admin", "--url", f"http://127.0.0.1:{server.admin_port}/admin/scim/v2", "--key-file",
                              str(key_file), command, "--tenant", tenant, name, check=check)

        key_file = server.secret_file("admin-key", server.admin_key + "\n")
        admin("take-back", "ada")
        self.assertEqual(server.send("DELETE", path, key=key).status, 403)
        self.assertEqual(server.send("GET", path, key=key).status, 200)
        admin("hand-over", user)
        self.assertEqual(server.send("DELETE", path, key=key).status, 204)
        told = [self.events_of(each[2])[1] for each in receiver.at("/acme/events", 4)]
        self.assertEqual(told, [["prov:create:full"], ["feed:remove"], ["feed:add"], ["prov:delete"]])
        refused = admin("take-back", "ben", "globex", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("SCIM manages everything in the tenant globex", refused.stderr)
        self.assertEqual(server.send("DELETE", f"/globex/scim/v2/Users/{free}", key=other).status, 204)
        for body, expected in (({"tenant": "acme"}, 400), ({"tenant": "x", "type": "User", "name": "a", "managed": True}, 404)):
            answer = server.send("POST", "/admin/hand-over", body, server.admin_key, server.admin_port)
            self.assertEqual(answer.status, expected, answer.text)
        self.assertEqual(server.send("POST", "/admin/hand-over", {}, key, server.admin_port).status, 401)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
