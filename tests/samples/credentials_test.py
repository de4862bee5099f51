#!/usr/bin/env python3
"""What becomes of credentials while the server runs: files that are read anew, keys that go, scopes that are none.

    credentials_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import base64
import json
import signal
import sys
import time
import unittest
import urllib.parse

import running
from running import TENANT, TOKEN, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
CLIENT = TOKEN.replace(":Token", ":Client")
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


class Served(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.server = running.Running(SERVER, *self.arguments, features=FEATURES)
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)

    def status(self, key, tenant="acme"):
        return self.server.send("GET", f"/{tenant}/scim/v2/Users", None, key).status

    def log_lines(self):
        return [json.loads(line)["message"] for line in self.server.log.read_text(encoding="utf-8").splitlines() if '"message"' in line]

    def hang_up(self):
        """Waits for what the server says of its tokens and tenants."""
        before = len(self.log_lines())
        self.server.process.send_signal(signal.SIGHUP)
        for _ in range(200):
            said = [line for line in self.log_lines()[before:] if line.startswith("SIGHUP") and line.split(":")[1].find("tenants") > 0]
            if said:
                return said[-1]
            time.sleep(0.05)
        raise AssertionError(self.log_lines()[before:])


class Reloaded(Served):
    def test_a_file_that_is_wrong_keeps_no_key_of_another_file_in_effect(self):
        leaver, stayer = (self.server.run("--new-token").strip() for _ in range(2))
        tokens = self.server.secret_file("tokens", f"{leaver} leaver default\n{stayer} stayer default\n")
        self.server.arguments += ["--token-file", str(tokens)]
        self.server.start()
        root = lambda key: self.server.send("GET", "/scim/v2/Users", None, key).status
        self.assertEqual((root(leaver), root(stayer)), (200, 200))
        tokens.write_text(f"{stayer} stayer default\n", encoding="utf-8")
        self.server.admin_keys.write_text("nonsense\n", encoding="utf-8")
        self.assertIn("--admin-token-file " + str(self.server.admin_keys), self.hang_up())
        self.assertEqual((root(leaver), root(stayer)), (401, 200))
        self.assertEqual(self.server.administer("GET", "/Tenants").status, 200)

    def test_all_files_that_are_wrong_are_named(self):
        tokens = self.server.secret_file("tokens", self.server.run("--new-token").strip() + " a default\n")
        tenants = self.server.secret_file("tenants.toml", "[acme]\n")
        self.server.arguments += ["--token-file", str(tokens), "--tenants", str(tenants)]
        at = self.server.arguments.index("--base-url")
        self.server.arguments[at + 1] = self.server.arguments[at + 1].replace("/scim", "/{tenant}/scim")
        self.server.start()
        for file in (self.server.admin_keys, tokens, tenants):
            file.write_text("[[nonsense\n", encoding="utf-8")
        said = self.hang_up()
        for file in (self.server.admin_keys, tokens, tenants):
            self.assertIn(str(file), said)
        self.assertIn("goes on with the old tokens and tenants", said)


class OfAFile(Served):
    def test_a_file_of_tenants_that_is_refused_has_no_effect_at_all(self):
        for administered in (True, False):
            with self.subTest(administered=administered):
                self.setUp()
                server = self.server
                key = server.run("--new-token").strip()
                allowed = '[acme]\nallow-address = ["10.0.0.0/8"]\n'
                tenants = server.secret_file("tenants.toml", allowed + "[globex]\n")
                tokens = server.secret_file("tokens", f"{key} a acme\n")
                server.arguments += ["--token-file", str(tokens), "--tenants", str(tenants)]
                at = server.arguments.index("--base-url")
                server.arguments[at + 1] = server.arguments[at + 1].replace("/scim", "/{tenant}/scim")
                if not administered:
                    admin = server.arguments.index("--admin")
                    del server.arguments[admin:admin + 4]
                server.start()
                self.assertEqual(self.status(key), 403)
                same = f'base-url = "http://127.0.0.1:{server.port}/acme/scim/v2"\n'
                tenants.write_text("[acme]\n[globex]\n" + same, encoding="utf-8")
                self.assertIn("goes on with the old", self.hang_up())
                self.assertEqual(self.status(key), 403)
                tenants.write_text("[acme]\n[globex]\n", encoding="utf-8")
                self.assertIn("anew", self.hang_up())
                self.assertEqual(self.status(key), 200)


class Granted(Served):
    def setUp(self):
        super().setUp()
        self.server.start()
        self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"})

    def make(self, scopes, tenant="acme", name="k"):
        return self.server.administer("POST", "/Tokens", {"schemas": [TOKEN], "name": name, "tenant": tenant, "scopes": scopes,
                                                          "key": self.server.run("--new-token").strip()})

    def test_a_scope_that_opens_nothing_is_refused_with_what_was_meant(self):
        for scope, meant in (("user.read", "users.read"), ("badges", None), ("events.read", None), ("users.reed", "users.read")):
            refused = self.make(["groups.read", scope])
            self.assertEqual(refused.status, 400, scope)
            self.assertIn(scope, refused.json()["detail"])
            self.assertIn(meant or "", refused.json()["detail"])
        for i, scope in enumerate(("events", "metrics", "scim.read", "Users.write", "groups")):
            made = self.make([scope], name=f"k{i}")
            self.assertEqual(made.status, 201, made.text)

    @unittest.skipUnless("metrics" in FEATURES, "without metrics")
    def test_a_key_of_metrics_opens_nothing_while_its_tenant_is_off(self):
        key = self.server.tenant("acme", ["metrics"])
        asked = lambda: self.server.send("GET", "/metrics", key=key).status
        entry = self.server.administer("GET", "/Tenants?filter=" + quote('name eq "acme"')).json()["Resources"][0]
        patch = lambda on: {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                            "Operations": [{"op": "replace", "path": "enabled", "value": on}]}
        self.assertEqual(asked(), 200)
        for on, status in ((False, 403), (True, 200)):
            self.server.administer("PATCH", "/Tenants/" + entry["id"], patch(on))
            self.assertEqual(asked(), status)

    def test_a_key_of_a_tenant_that_there_is_not_is_refused_and_one_of_a_tenant_that_went_can_be_revoked(self):
        refused = self.make(["scim"], tenant="akme")
        self.assertEqual(refused.status, 400, refused.text)
        self.assertIn("there is no tenant akme", refused.json()["detail"])
        made = self.make(["scim"]).json()
        entry = self.server.administer("GET", "/Tenants?filter=" + quote('name eq "acme"')).json()["Resources"][0]
        self.assertEqual(self.server.administer("DELETE", "/Tenants/" + entry["id"]).status, 204)
        patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                 "Operations": [{"op": "replace", "path": "revoked", "value": True}]}
        done = self.server.administer("PATCH", "/Tokens/" + made["id"], patch)
        self.assertIn(done.status, (200, 204), done.text)
        self.assertEqual(self.server.administer("DELETE", "/Tokens/" + made["id"]).status, 204)


@unittest.skipUnless("oauth" in FEATURES, "without OAuth")
class Clients(Served):
    arguments = ("--token-endpoint", "--respond-async")

    def setUp(self):
        super().setUp()
        self.server.start()
        self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"})

    def client(self, name, scopes, tenant="acme"):
        secret = self.server.run("--new-token").strip()
        made = self.server.administer("POST", "/Clients", {"schemas": [CLIENT], "name": name, "tenant": tenant, "scopes": scopes,
                                                           "secret": secret})
        return made, secret

    def token(self, name, secret, scope=None):
        form = {"grant_type": "client_credentials", **({"scope": scope} if scope else {})}
        basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
        return self.server.send("POST", "/oauth/token", urllib.parse.urlencode(form), None, headers={"Authorization": "Basic " + basic},
                                content_type="application/x-www-form-urlencoded")

    def test_check_9_a_client_with_scim_gets_no_token_that_opens_metrics_or_events(self):
        made, secret = self.client("all", ["scim"])
        self.assertEqual(made.status, 201, made.text)
        for scope in ("events", "metrics", "x", "users.read metrics"):
            refused = self.token("all", secret, scope)
            self.assertEqual((refused.status, refused.json()["error"]), (400, "invalid_scope"), scope)
        self.assertEqual(self.token("all", secret, "users.read").json()["scope"], "users.read")

    def test_a_client_of_nothing_or_of_nobody_is_refused(self):
        for made, _ in (self.client("a", ["user.read"]), self.client("b", ["scim"], "akme")):
            self.assertEqual(made.status, 400, made.text)

    def id_of(self, name):
        return self.server.administer("GET", "/Clients?filter=" + quote(f'name eq "{name}"')).json()["Resources"][0]["id"]

    def later(self, key, body, where="Bulk"):
        answer = self.server.send("POST", "/acme/scim/v2/" + where, body, key, headers={"Prefer": "respond-async"})
        self.assertEqual(answer.status, 202, answer.text)
        return answer.headers["Location"].partition("/acme")[2]

    def keep_busy(self, key):
        """Long enough for what follows, on a busy machine too."""
        for crowd in range(4):
            self.later(key, {"schemas": [BULK], "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": str(i), "data": {"schemas": [USER], "userName": f"u{crowd}-{i}"}}
                for i in range(900)]})

    def done(self, at, key):
        for _ in range(600):
            answer = self.server.send("GET", "/acme" + at, None, key)
            if answer.status != 202:
                return answer
            time.sleep(0.05)
        raise AssertionError(answer.text)

    def test_check_6_what_a_key_that_was_taken_away_had_sent_is_not_carried_out(self):
        slow, gone = self.server.tenant("acme"), self.server.tenant("acme")
        _, secret = self.client("robot", ["scim"])
        robot = self.token("robot", secret).json()["access_token"]
        user = lambda name: {"schemas": [USER], "userName": name}
        self.keep_busy(slow)
        self.later(gone, user("ghost"), "Users")
        _, of_leaver = self.client("leaver", ["scim"])
        leaver = self.token("leaver", of_leaver).json()["access_token"]
        self.later(leaver, user("ghost-too"), "Users")
        last = self.later(robot, user("robot"), "Users")
        key = self.server.administer("GET", "/Tokens?sortBy=meta.created&sortOrder=descending").json()["Resources"][0]
        self.assertEqual(self.server.administer("DELETE", "/Tokens/" + key["id"]).status, 204)
        self.assertEqual(self.server.administer("DELETE", "/Clients/" + self.id_of("leaver")).status, 204)
        self.assertEqual((self.status(gone), self.status(leaver)), (401, 401))
        self.assertEqual(self.done(last, robot).status, 200)
        names = [each["userName"] for each in self.server.send(
            "GET", "/acme/scim/v2/Users?filter=" + quote('userName sw "ghost" or userName eq "robot"'), None, slow).json()["Resources"]]
        self.assertEqual(names, ["robot"])

    def test_check_6_a_client_that_is_for_less_or_for_another_tenant_has_nothing_carried_out(self):
        slow = self.server.tenant("acme")
        user = lambda name: {"schemas": [USER], "userName": name}
        tokens = {}
        for name in ("narrowed", "moved", "same"):
            made, secret = self.client(name, ["users"])
            self.assertEqual(made.status, 201, made.text)
            tokens[name] = self.token(name, secret).json()["access_token"]
        self.keep_busy(slow)
        places = {name: self.later(token, user("of-" + name), "Users") for name, token in tokens.items()}
        for name, change in (("narrowed", {"scopes": ["users.read"]}), ("same", {"scopes": ["users", "groups"]})):
            done = self.server.administer("PATCH", "/Clients/" + self.id_of(name), {
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": path, "value": value} for path, value in change.items()]})
            self.assertEqual(done.status, 200, done.text)
        self.assertEqual(self.server.administer("DELETE", "/Clients/" + self.id_of("moved")).status, 204)
        self.server.tenant("globex")
        self.client("moved", ["users"], "globex")
        self.done(self.later(slow, user("last"), "Users"), slow)
        names = [each["userName"] for each in self.server.send(
            "GET", "/acme/scim/v2/Users?filter=" + quote('userName sw "of-"'), None, slow).json()["Resources"]]
        self.assertEqual(names, ["of-same"], places)

    def test_a_client_and_a_key_of_one_name_read_nothing_of_each_other(self):
        key = self.server.tenant("acme")
        name = self.server.administer("GET", "/Tokens").json()["Resources"][0]["name"]
        _, secret = self.client(name, ["scim"])
        other = self.token(name, secret).json()["access_token"]
        at = self.later(key, {"schemas": [USER], "userName": "ada"}, "Users")
        self.assertEqual(self.done(at, key).status, 200)
        self.assertEqual(self.server.send("GET", "/acme" + at, None, other).status, 404)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
