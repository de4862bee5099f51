#!/usr/bin/env python3
"""Requests that a server has kept are shown, searched, taken out as lines of JSON, and sent again, at the same server and at
another one.

    replay_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import json
import sys
import time
import unittest

import running
from running import PATCH, TENANT, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])


class Kept(unittest.TestCase):
    def started(self, *arguments):
        server = running.Running(SERVER, *arguments, features=FEATURES)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        return server.start()

    def export(self, server, *more):
        done = server.run("requests", "--url", f"http://127.0.0.1:{server.admin_port}/admin/scim/v2", "--key-file",
                          str(server.secret_file("export-key", server.admin_key)), "export", *more)
        return [json.loads(line) for line in done.splitlines()]

    def replay(self, server, lines, root, key, *more):
        file = server.secret_file("lines", "".join(json.dumps(line) + "\n" for line in lines))
        return server.run("replay", str(file), "--url", f"http://127.0.0.1:{server.port}{root}", "--token-file",
                          str(server.secret_file("replay-key", key + "\n")), *more, check=False)

    def conversation(self, server, key, root="/acme/scim/v2"):
        """What an identity provider might have sent."""
        made = server.send("POST", root + "/Users", {"schemas": [USER], "userName": "ada", "title": "Countess"}, key)
        user = f"{root}/Users/{made.json()['id']}"
        answers = [made, server.send("POST", root + "/Users", {"schemas": [USER], "userName": "ADA"}, key),
                   server.send("PATCH", user, {"schemas": [PATCH], "Operations": [
                       {"op": "replace", "path": "active", "value": "perhaps"}]}, key),
                   server.send("PATCH", user, {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "Dr"}]}, key),
                   server.send("GET", root + "/Users?filter=" + quote('userName eq "ada"'), key=key),
                   server.send("GET", user, key=key), server.send("GET", root + "/Users/nobody", key=key)]
        statuses = [answer.status for answer in answers]
        self.assertEqual([statuses[0], *statuses[1:3], *statuses[4:]], [201, 409, 400, 200, 200, 404])
        return statuses

    def test_an_administrator_sees_what_arrived_and_why_it_was_refused(self):
        server = self.started()
        key = server.tenant("acme")
        other = server.tenant("globex")
        self.conversation(server, key)
        server.send("GET", "/globex/scim/v2/Users", key=other)
        server.send("GET", "/acme/scim/v2/Users", key="nobody-knows-this-key")
        self.assertEqual(len(server.records('tenant eq "acme"', 7)), 7)
        refused = server.records('tenant eq "acme" and refused eq true', 3)
        self.assertEqual([record["status"] for record in refused], [409, 400, 404])
        self.assertEqual(refused[0]["scimType"], "uniqueness")
        self.assertIn("userName", refused[0]["detail"])
        self.assertRegex(refused[1]["reference"], "^RFC 764[34] section ")
        self.assertEqual(json.loads(refused[1]["requestBody"])["Operations"][0]["value"], "perhaps")
        self.assertEqual(json.loads(refused[1]["responseBody"])["status"], "400")
        self.assertEqual(len(server.records('method eq "PATCH" and path sw "/acme/scim/v2/Users/"', 2)), 2)
        self.assertEqual(len(server.records("status eq 401")), 1)
        self.assertNotIn("tenant", server.records("status eq 401")[0])
        self.assertEqual(len(server.records(f'time gt "{refused[0]["time"]}" and tenant eq "acme"', 5)), 5)
        self.assertEqual(len(server.records('subject co "globex"')), 1)
        record = "/RequestRecords/" + refused[0]["id"]
        self.assertEqual(server.administer("GET", record).json()["root"], "/acme/scim/v2")
        for method, body in (("DELETE", None), ("PUT", {**refused[0], "status": 200}), ("PATCH", {
                "schemas": [PATCH], "Operations": [{"op": "replace", "path": "status", "value": 200}]})):
            self.assertEqual(server.administer(method, record, body).status, 405, method)
        self.assertEqual(server.administer("POST", "/RequestRecords", {"schemas": refused[0]["schemas"]}).status, 405)
        self.assertEqual(server.administer("GET", record).json()["status"], 409)
        self.assertEqual(server.send("GET", "/admin/scim/v2" + record, key=key, port=server.admin_port).status, 401)

    def test_records_outlive_the_server_and_can_be_lost(self):
        server = self.started()
        key = server.tenant("acme")
        self.conversation(server, key)
        server.records('tenant eq "acme"', 7)
        server.stop()
        server.start()
        self.assertEqual(len(server.records('tenant eq "acme"', 7)), 7)
        server.stop()
        for file in (server.data / "requests").iterdir():
            file.write_bytes(b"damaged" * 4000)
        server.start()
        self.assertEqual(server.send("GET", "/acme/scim/v2/Users", key=key).status, 200)
        self.assertEqual(len(server.records('tenant eq "acme"')), 1)
        self.assertIn("begun anew", server.log.read_text())

    def test_a_tenant_may_want_less_of_it_or_nothing(self):
        server = self.started("--request-log", "5")
        keys = {name: server.tenant(name) for name in ("acme", "globex", "initech")}
        for name, number in (("globex", 2), ("initech", 0)):
            found = server.administer("GET", "/Tenants?filter=" + quote(f'name eq "{name}"')).json()["Resources"][0]
            answer = server.administer("PATCH", "/Tenants/" + found["id"], {"schemas": [PATCH], "Operations": [
                {"op": "replace", "path": "requestLog", "value": number}]})
            self.assertLess(answer.status, 300, answer.text)
        for _ in range(8):
            for name, key in keys.items():
                server.send("GET", f"/{name}/scim/v2/Users", key=key)
        count = lambda name: server.administer("GET", "/RequestRecords?count=0&filter=" + quote(f'tenant eq "{name}"')).json()["totalResults"]
        for _ in range(100):
            if (count("acme"), count("globex"), count("initech")) == (5, 2, 0):
                break
            time.sleep(0.05)
        self.assertEqual((count("acme"), count("globex"), count("initech")), (5, 2, 0))

    def test_what_is_not_to_be_kept_is_said_at_the_start(self):
        server = self.started("--request-log-redact", "title")
        key = server.tenant("acme")
        self.conversation(server, key)
        texts = json.dumps(server.records('tenant eq "acme"', 7))
        self.assertNotIn("Countess", texts)
        self.assertIn("ada", texts)
        for wrong, word in ((["--request-log-redact", "titel"], "titel"), (["--request-log-rate", "0"], "--request-log-rate"),
                            (["--request-log-rate", "0.0001"], "--request-log-rate")):
            done = server.run(*server.arguments, *wrong, "--check-config", check=False)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(word, done.stderr)

    def test_without_a_log_there_are_no_records(self):
        server = self.started("--request-log", "0")
        self.assertEqual(server.administer("GET", "/RequestRecords").status, 404)
        self.assertFalse((server.data / "requests").exists())

    def test_an_export_has_everything_in_order(self):
        server = self.started()
        key = server.tenant("acme")
        statuses = self.conversation(server, key)
        for _ in range(120):  # more than a page
            server.send("GET", "/acme/scim/v2/Users", key=key)
        server.records('tenant eq "acme"', 127)
        lines = self.export(server, "--tenant", "acme")
        self.assertEqual([line["status"] for line in lines[:7]], statuses)
        self.assertEqual(len(lines), 127)
        self.assertEqual(len({line["id"] for line in lines}), 127)
        times = [running.instant(line["time"]) for line in lines]
        self.assertEqual(times, sorted(times))
        self.assertEqual([line["status"] for line in self.export(server, "--tenant", "acme", "--filter", "status ge 400")], [409, 400, 404])
        self.assertEqual(self.export(server, "--tenant", "nobody"), [])
        done = server.run("requests", "--url", f"http://127.0.0.1:{server.admin_port}/admin/scim/v2", "export", check=False)
        self.assertIn("SCIMKIT_ADMIN_KEY", done.stderr)
        self.assertNotEqual(done.returncode, 0)

    @unittest.skipUnless("client" in FEATURES, "built without libcurl")
    def test_a_replay_says_which_answers_are_others(self):
        first = self.started("--dry-run-header")
        key = first.tenant("acme")
        self.conversation(first, key)
        first.records('tenant eq "acme"', 7)
        lines = self.export(first, "--tenant", "acme")

        # Where ada is already: creating her is another answer, and nothing is stored.
        tried = self.replay(first, lines, "/acme/scim/v2", key, "--dry-run")
        self.assertIn("line 1: POST /Users: was 201, is 409: ", tried.stdout)
        self.assertIn("tried 7: 6 had the same status, 1 another; 0 were not sent", tried.stdout)
        self.assertNotEqual(tried.returncode, 0)
        self.assertEqual(first.send("GET", "/acme/scim/v2/Users", key=key).json()["totalResults"], 1)

        # Where she is not, all is the same; she has another id there, which what comes behind is about.
        fresh = first.tenant("globex")
        sent = self.replay(first, lines, "/globex/scim/v2", fresh)
        self.assertIn("sent 7: 7 had the same status, 0 another; 0 were not sent", sent.stdout)
        self.assertEqual(sent.returncode, 0)
        made = first.send("GET", "/globex/scim/v2/Users", key=fresh).json()
        self.assertEqual([user["title"] for user in made["Resources"]], ["Dr"])

        # A server without the header refuses dry runs, and stores nothing either.
        other = self.started()
        key = other.tenant("acme")
        tried = self.replay(other, lines[:1], "/acme/scim/v2", key, "--dry-run")
        self.assertIn("was 201, is 501", tried.stdout)
        self.assertEqual(other.send("GET", "/acme/scim/v2/Users", key=key).json()["totalResults"], 0)

    @unittest.skipUnless("client" in FEATURES, "built without libcurl")
    def test_a_replay_makes_nothing_up(self):
        server = self.started("--dry-run-header")
        key = server.tenant("acme")
        whole = {"method": "POST", "path": "/acme/scim/v2/Users", "root": "/acme/scim/v2", "status": 201, "requestBytes": 90,
                 "requestHeaders": [{"name": "Content-Type", "value": "application/scim+json"}],
                 "requestBody": json.dumps({"schemas": [USER], "userName": "ada", "password": "[redacted]"}), "redacted": True}
        lines = [whole, {**whole, "requestBody": ""}, {**whole, "root": ""}, {**whole, "redacted": False, "requestBody": "", "requestBytes": 9}]
        sent = self.replay(server, lines, "/acme/scim/v2", key)
        self.assertIn("line 1: POST /acme/scim/v2/Users: not sent: something of it was not kept", sent.stdout)
        self.assertIn("sent 0: 0 had the same status, 0 another; 4 were not sent", sent.stdout)
        tried = self.replay(server, lines, "/acme/scim/v2", key, "--dry-run")
        self.assertIn("tried 1: ", tried.stdout)
        self.assertEqual(server.send("GET", "/acme/scim/v2/Users", key=key).json()["totalResults"], 0)
        for arguments, word in ((["--url", "http://scim.example.com/scim/v2"], "https"),
                                (["--url", "http://127.0.0.1:80@scim.example.com/scim/v2"], "https"),
                                (["--token-file", "/nowhere"], "/nowhere")):
            file = server.secret_file("lines", json.dumps(whole) + "\n")
            more = {"--url": f"http://127.0.0.1:{server.port}/acme/scim/v2", "--token-file": str(server.secret_file("k", key)),
                    arguments[0]: arguments[1]}
            done = server.run("replay", str(file), *[word for pair in more.items() for word in pair], check=False)
            self.assertIn(word, done.stderr)
            self.assertNotEqual(done.returncode, 0)
        nonsense = self.replay(server, [{"no": "record"}], "/acme/scim/v2", key)
        self.assertIn("line 1: it is no record of a request", nonsense.stderr)
        self.assertNotEqual(nonsense.returncode, 0)

    @unittest.skipUnless("client" in FEATURES, "built without libcurl")
    def test_a_file_of_a_stranger_leads_a_replay_nowhere_else_and_makes_a_dry_run_store_nothing(self):
        server = self.started("--dry-run-header")
        key = server.tenant("acme")
        root = "/acme/scim/v2"
        made = server.send("POST", root + "/Users", {"schemas": [USER], "userName": "ada"}, key).json()["id"]
        line = {"method": "GET", "path": root + "/Users", "root": root, "status": 200}
        elsewhere = [{**line, "path": root + path} for path in (
            ".evil.example/Users", ":80/Users", "@evil.example/Users", "/../v2/Users", "/Users/%2E%2e/Groups", "/.", "/Users#x",
            "/Users x", "/Users\r\nX: y", "/Users\\..", "/Us\u00e9rs")] + [{**line, "query": "a=b c"}, {**line, "requestHeaders": [
                {"name": "Accept", "value": "a\r\nX-Evil: 1"}]}]
        sent = self.replay(server, elsewhere, root, key)
        self.assertIn(f"sent 0: 0 had the same status, 0 another; {len(elsewhere)} were not sent", sent.stdout)
        for method in ("", "GET /x", "get", "GET\r\nX: y"):
            self.assertIn("it is no record of a request", self.replay(server, [{**line, "method": method}], root, key).stderr)

        # What decides whether something is stored is neither the query of a line nor its headers.
        header = lambda value: [{"name": "SCIM-Dry-Run", "value": value}]
        lines = [{**line, "method": "DELETE", "path": f"{root}/Users/{made}", "status": 204, **more} for more in (
            {"query": "x=/.search"}, {"requestHeaders": header("false")}, {"requestHeaders": header("true") + header("false")})]
        tried = self.replay(server, lines, root, key, "--dry-run")
        self.assertIn("tried 3: ", tried.stdout)
        self.assertEqual(server.send("GET", f"{root}/Users/{made}", key=key).status, 200)

        # What it says of them reaches no terminal as it is.
        told = self.replay(server, [{**line, "path": "/\u001b]0;x\u0007\u009b2J", "root": "/nowhere"}], root, key)
        self.assertIn("not sent", told.stdout)
        self.assertFalse([c for c in told.stdout + told.stderr if ord(c) < 32 and c != "\n" or 0x7F <= ord(c) < 0xA0])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
