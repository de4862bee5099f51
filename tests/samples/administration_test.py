#!/usr/bin/env python3
"""What an administrator may rely on when a tenant goes, and from where one may administer.

    administration_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import hashlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import running
from running import TENANT, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])


class Administered(unittest.TestCase):
    arguments = ()

    def setUp(self):
        self.server = running.Running(SERVER, *self.arguments, features=FEATURES)
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)
        self.server.start()

    def command(self, *arguments, said=""):
        return subprocess.run([SERVER, "admin", "--url", f"http://127.0.0.1:{self.server.admin_port}/admin/scim/v2", "--key",
                               self.server.admin_key, *arguments], input=said, capture_output=True, text=True, timeout=60, check=False)

    def users(self, key, tenant="acme"):
        answer = self.server.send("GET", f"/{tenant}/scim/v2/Users", None, key)
        return answer.json().get("totalResults") if answer.status == 200 else answer.status

    def with_a_user(self, tenant="acme"):
        key = self.server.tenant(tenant)
        made = self.server.send("POST", f"/{tenant}/scim/v2/Users", {"schemas": [USER], "userName": "ada"}, key)
        self.assertEqual(made.status, 201, made.text)
        return key

    def entry(self, tenant):
        found = self.server.administer("GET", "/Tenants?filter=" + quote(f'name eq "{tenant}"')).json()["Resources"]
        return "/Tenants/" + found[0]["id"]


class Gone(Administered):
    def test_a_tenant_is_removed_with_all_that_it_has_by_whoever_types_its_name(self):
        key, other = self.with_a_user(), self.with_a_user("globex")
        self.server.send("POST", "/acme/scim/v2/Groups", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "g"}, key)
        refused = self.command("remove-tenant", "acme", said="acm\n")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("nothing was removed", refused.stderr)
        self.assertIn("1 User, 1 Group", refused.stdout)
        self.assertEqual(self.users(key), 1)

        removed = self.command("remove-tenant", "acme", said="acme\n")
        self.assertEqual(removed.returncode, 0, removed.stderr)
        self.assertIn("removed: 1 User, 1 Group", removed.stdout)
        self.assertEqual(self.users(key), 401)
        self.assertEqual(self.users(other, "globex"), 1)
        again = self.command("remove-tenant", "acme", "--yes")
        self.assertIn("There is nothing of a tenant acme", again.stderr)

        self.assertEqual(self.command("create-tenant", "acme").returncode, 0)
        self.assertEqual(self.users(key), 401)
        self.assertEqual(self.users(self.server.tenant("acme")), 0)
        log = self.server.log.read_text(encoding="utf-8")
        self.assertIn("operator has removed the tenant acme: 1 User, 1 Group", log)

    def test_the_name_of_a_tenant_that_is_gone_brings_back_neither_data_nor_keys(self):
        key = self.with_a_user()
        self.assertEqual(self.server.administer("DELETE", self.entry("acme")).status, 204)
        self.assertEqual(self.users(key), 404)
        refused = self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"})
        self.assertEqual(refused.status, 409, refused.text)
        self.assertIn("1 User, and keys or clients in effect: 1", refused.json()["detail"])
        self.assertEqual(self.users(key), 404)

        self.assertEqual(self.command("create-tenant", "acme", "--adopt").returncode, 0)
        self.assertEqual(self.users(key), 1)

    @unittest.skipUnless("metrics" in FEATURES, "no metrics")
    def test_what_was_counted_of_a_tenant_goes_with_it(self):
        key, watching = self.with_a_user(), self.server.tenant("globex", ["metrics"])
        self.assertEqual(self.users(key), 1)
        counted = lambda: [line for line in self.server.metrics(watching) if line.startswith("scimkit_requests_total{") and 'tenant="acme"' in line]
        self.assertTrue(counted())
        self.assertEqual(self.command("remove-tenant", "acme", said="acme\n").returncode, 0)
        self.assertEqual(counted(), [])

    def test_keys_alone_keep_a_name_from_being_used_again(self):
        key = self.server.tenant("acme")
        self.server.administer("DELETE", self.entry("acme"))
        refused = self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"})
        self.assertEqual(refused.status, 409, refused.text)
        self.assertEqual(self.command("remove-tenant", "acme", "--yes").returncode, 0)
        self.assertEqual(self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"}).status, 201)
        self.assertEqual(self.users(key), 401)

    def test_what_would_be_there_again_is_not_removed(self):
        key = self.server.run("--new-token").strip()
        self.server.administer("POST", "/Tokens", {"schemas": [running.TOKEN], "name": "own", "tenant": "default", "scopes": ["scim"],
                                                   "key": key})
        self.assertEqual(self.server.send("POST", "/scim/v2/Users", {"schemas": [USER], "userName": "ada"}, key).status, 201)
        refused = self.command("remove-tenant", "default", "--yes")
        self.assertIn("is of the server's settings", refused.stderr)
        self.assertEqual(self.server.send("GET", "/scim/v2/Users", None, key).json()["totalResults"], 1)

    def test_to_remove_a_tenant_takes_the_whole_scope_and_a_key(self):
        key = self.with_a_user()
        reader = self.server.run("--new-token").strip()
        self.server.admin_keys.write_text(f"{self.server.admin_key} operator\n{reader} reader scopes=scim.read\n")
        self.server.stop()
        self.server.start()
        for secret, status in ((reader, 403), (key, 401), (None, 401)):
            answer = self.server.send("POST", "/admin/scim/v2/.remove-tenant", {"tenant": "acme", "confirm": "acme"}, secret,
                                      self.server.admin_port)
            self.assertEqual(answer.status, status, answer.text)
        answer = self.server.administer("POST", "/.remove-tenant", {"tenant": "acme", "confirm": "acm"})
        self.assertEqual(answer.status, 400, answer.text)
        self.assertEqual(self.users(key), 1)


class Limited(Administered):
    def test_a_tenant_may_have_narrower_limits_than_the_server_and_no_wider_ones(self):
        key, other = self.server.tenant("acme"), self.server.tenant("globex")

        def limit(name, value):
            return self.server.administer("PATCH", self.entry("acme"), {"schemas": [running.PATCH], "Operations": [
                {"op": "replace", "path": name, "value": value}]}).status

        def create(length, secret=key, tenant="acme"):
            return self.server.send("POST", f"/{tenant}/scim/v2/Users", {
                "schemas": [USER], "userName": f"user{len(self.server.answers)}", "title": "t" * length}, secret)

        self.assertEqual(limit("maxBodyBytes", 2000), 200)
        refused = create(2000)
        self.assertEqual(refused.status, 413, refused.text)
        self.assertIn("2000", refused.json()["detail"])
        self.assertEqual(create(1000).status, 201)
        self.assertEqual(create(2000, other, "globex").status, 201)
        self.assertEqual(limit("maxBodyBytes", 1 << 40), 200)
        self.assertEqual(create((1 << 20) + 10).status, 413)
        self.assertEqual(limit("maxResourceBytes", 1000), 200)
        self.assertEqual(create(2000).status, 413)
        self.assertEqual(limit("maxResourceBytes", 0), 400)


class Off(Administered):
    def setUp(self):
        schema = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())) / "account.json"
        schema.write_text(json.dumps(running.ACCOUNT), encoding="utf-8")
        self.arguments = ("--schema", str(schema))
        super().setUp()

    def test_what_each_way_to_end_provisioning_would_do_is_told_first_and_changes_nothing(self):
        key = self.with_a_user()
        self.server.administer("PATCH", self.entry("acme"), {"schemas": [running.PATCH], "Operations": [
            {"op": "add", "path": "managedBy", "value": running.MARK}]})
        self.server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "ben"}, key)
        for command, told in (("disable-tenant", "would get 403; kept: resources 2 User"), ("convert-tenant", "SCIM manages 1 User"),
                              ("remove-tenant", "resources 2 User")):
            said = self.command(command, "acme", "--dry-run")
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertIn(told, said.stdout)
        self.assertEqual(self.users(key), 2)

    def test_accounts_are_converted_and_stay_when_provisioning_ends(self):
        key, other = self.server.tenant("acme"), self.with_a_user("globex")
        self.server.administer("PATCH", self.entry("acme"), {"schemas": [running.PATCH], "Operations": [
            {"op": "add", "path": "managedBy", "value": running.MARK}]})
        made = [self.server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": f"u{n}"}, key).json()["id"]
                for n in range(3)]
        refused = self.command("convert-tenant", "acme", said="acm\n")
        self.assertIn("nothing was changed", refused.stderr)
        self.assertEqual(self.users(key), 3)
        done = self.command("convert-tenant", "acme", said="acme\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("taken from SCIM: 3, left: nothing", done.stdout)
        self.assertEqual(self.users(key), 403)
        self.assertEqual(self.users(other, "globex"), 1)
        self.command("enable-tenant", "acme")
        self.assertEqual(self.users(key), 3)
        self.assertEqual(self.server.send("DELETE", f"/acme/scim/v2/Users/{made[0]}", None, key).status, 403)
        self.assertEqual(self.command("convert-tenant", "acme", "--yes").returncode, 0, "nothing is left to do")

    def test_what_cannot_be_converted_says_why_and_stays_on(self):
        key = self.with_a_user()
        refused = self.command("convert-tenant", "acme", "--yes")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("managedBy", refused.stderr)
        self.assertEqual(self.users(key), 1)
        self.assertEqual(self.server.send("POST", "/admin/scim/v2/.convert-tenant", {"tenant": "acme"}, key, self.server.admin_port).status, 401)


class FromWhereAndHowOften(Administered):
    def test_a_tenant_says_from_where_its_clients_come_from_the_next_request_on(self):
        acme, globex = self.with_a_user(), self.with_a_user("globex")
        changed = self.command("change-tenant", "acme", "--allow-address", "192.0.2.0/24,2001:db8::1")
        self.assertEqual(changed.returncode, 0, changed.stderr)
        refused = self.server.send("GET", "/acme/scim/v2/Users", None, acme)
        self.assertEqual(refused.status, 403)
        self.assertIn("Requests from this address are not allowed.", refused.text)
        for target in ("ServiceProviderConfig", "Schemas", "Users"):  # nor without credentials, or with those of others
            for key in (None, globex):
                self.assertEqual(self.server.send("GET", "/acme/scim/v2/" + target, None, key).status, 403, (target, key))
        self.assertEqual(self.users(globex, "globex"), 1)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.users(acme), 403)
        self.command("change-tenant", "acme", "--allow-address", "192.0.2.0/24,127.0.0.0/8")
        self.assertEqual(self.users(acme), 1)
        self.command("change-tenant", "acme", "--allow-address", "192.0.2.0/24")
        self.command("change-tenant", "acme", "--allow-address", "any")
        self.assertEqual(self.users(acme), 1)

    def test_check_21_a_tenant_says_how_often_its_clients_come(self):
        acme, globex = self.with_a_user(), self.with_a_user("globex")
        self.assertEqual(self.command("change-tenant", "acme", "--rate", "0.1").returncode, 0)
        answers = [self.server.send("GET", "/acme/scim/v2/Users", None, acme) for _ in range(4)]
        self.assertEqual([each.status for each in answers][:1] + [answers[-1].status], [200, 429])
        self.assertIn("Retry-After", answers[-1].headers)
        self.server.administer("PATCH", self.entry("globex"), {"schemas": [running.PATCH], "Operations": [
            {"op": "replace", "path": "strict", "value": False}]})
        self.assertEqual(self.users(acme), 429, "what counts is forgotten when somebody else is changed")
        self.assertEqual(self.users(globex, "globex"), 1)
        self.command("change-tenant", "acme", "--rate", "0")
        self.assertEqual([self.users(acme) for _ in range(5)], [1] * 5)

    def test_what_cannot_be_put_into_effect_is_refused_and_changes_nothing(self):
        acme = self.with_a_user()
        for wrong, why in ((["--allow-address", "192.0.2.0/33"], "allowedAddresses"), (["--allow-address", "acme.example"], "allowedAddresses"),
                           (["--rate=-1"], "rate has to be from 0.001"), (["--rate-per-credential", "2e6"], "ratePerCredential has to be from 0.001"),
                           ([], "nothing is said")):
            refused = self.command("change-tenant", "acme", *wrong)
            self.assertEqual(refused.returncode, 1, wrong)
            self.assertIn(why, refused.stderr)
        refused = self.command("create-tenant", "globex", "--allow-address", "10.0.0.1/8")
        self.assertIn("allowedAddresses", refused.stderr)
        self.assertEqual(self.users(acme), 1)


class Held(Administered):
    arguments = ("--deletion-guard", "2")

    def delete(self, key, name):
        made = self.server.send("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": name}, key)
        self.assertEqual(made.status, 201, made.text)
        return self.server.send("DELETE", "/acme/scim/v2/Users/" + made.json()["id"], None, key).status

    def flood(self, key):
        statuses = [self.delete(key, f"gone{i}-{len(self.server.answers)}") for i in range(3)]
        self.assertEqual(statuses, [204, 204, 403])

    def holds(self):
        return self.server.administer("GET", "/DeletionHolds").json().get("Resources", [])

    def test_check_24_a_hold_outlives_a_restart_and_ends_when_an_administrator_says_so(self):
        key = self.server.tenant("acme")
        self.flood(key)
        self.assertEqual([each["tenant"] for each in self.holds()], ["acme"])
        self.server.stop()
        self.server.start()
        self.assertEqual(self.delete(key, "still"), 403)
        self.assertEqual([each["tenant"] for each in self.holds()], ["acme"])
        released = self.command("release-deletions", "acme")
        self.assertEqual(released.returncode, 0, released.stderr)
        self.assertEqual(self.holds(), [])
        self.assertEqual([self.delete(key, f"meant{i}") for i in range(4)], [204] * 4)
        self.server.stop()
        self.server.start()
        self.assertEqual(self.delete(key, "after"), 204)

    @unittest.skipUnless("metrics" in FEATURES, "no metrics")
    def test_limits_that_were_hit_are_counted_by_tenant(self):
        key, watching = self.server.tenant("acme"), self.server.tenant("globex", ["metrics"])
        self.flood(key)
        counted = self.server.metrics(watching)
        of_acme = lambda limit: counted.get(f'scimkit_limits_hit_total{{limit="{limit}",tenant="acme"}}')
        self.assertEqual((of_acme("deletions"), of_acme("rate")), (1, None))

    def test_check_24_a_tenant_that_says_when_it_was_released_is_held_no_longer(self):
        key = self.server.tenant("acme")
        self.flood(key)
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        time.sleep(1.1)
        done = self.server.administer("PATCH", self.entry("acme"), {"schemas": [running.PATCH], "Operations": [
            {"op": "replace", "path": "deletionsReleased", "value": at}]})
        self.assertEqual(done.status, 200, done.text)
        self.assertEqual(self.holds(), [])
        self.assertEqual(self.delete(key, "meant"), 204)

    def test_check_24_a_release_to_come_is_refused(self):
        key = self.server.tenant("acme")
        self.flood(key)
        refused = self.server.administer("PATCH", self.entry("acme"), {"schemas": [running.PATCH], "Operations": [
            {"op": "replace", "path": "deletionsReleased", "value": "2999-01-01T00:00:00Z"}]})
        self.assertEqual(refused.status, 400, refused.text)
        self.assertIn("has not come yet", refused.json()["detail"])
        self.assertEqual(len(self.holds()), 1)
        self.assertEqual(self.delete(key, "still"), 403)

    def test_a_tenant_goes_with_its_hold(self):
        key = self.server.tenant("acme")
        self.flood(key)
        self.assertEqual(self.command("remove-tenant", "acme", "--yes").returncode, 0)
        self.assertEqual(self.holds(), [])
        self.assertEqual(self.delete(self.server.tenant("acme"), "anew"), 204)

    def test_check_24_an_administrator_may_hold_deletions_by_hand(self):
        key = self.server.tenant("acme")
        made = self.server.administer("POST", "/DeletionHolds", {
            "schemas": ["urn:scimkit:params:scim:schemas:admin:1.0:DeletionHold"], "tenant": "acme"})
        self.assertEqual(made.status, 201, made.text)
        self.assertEqual(self.delete(key, "one"), 403)
        self.assertEqual(self.server.administer("DELETE", "/DeletionHolds/" + made.json()["id"]).status, 204)
        self.assertEqual(self.delete(key, "two"), 204)

    def test_a_guard_that_nobody_could_release_is_refused_at_the_start(self):
        done = subprocess.run([SERVER, "--check-config", "--store", "memory", "--token", "a-token-that-is-long-enough-1234", "--deletion-guard",
                               "2"], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--deletion-guard needs --admin", done.stderr)


class FromElsewhere(Administered):
    arguments = ("--trusted-proxy", "127.0.0.1", "--admin-allow-address", "192.0.2.0/24")

    def test_who_may_not_administer_from_an_address_gets_nothing_there(self):
        for target in ("/admin", "/admin/page/app.js", "/admin/scim/v2/Tenants", "/admin/api/session"):
            for source, allowed in ((None, False), ("198.51.100.7", False), ("192.0.2.7, 198.51.100.7", False), ("192.0.2.7", True),
                                    ("198.51.100.7, 192.0.2.7", True), ("::ffff:192.0.2.7", True)):
                headers = {"X-Forwarded-For": source} if source else {}
                answer = self.server.send("GET", target, None, self.server.admin_key, self.server.admin_port, headers)
                self.assertEqual(answer.status == 403, not allowed, (target, source, answer.status, answer.text[:200]))
        answer = self.server.send("POST", "/admin/scim/v2/.remove-tenant", {"tenant": "acme"}, self.server.admin_key, self.server.admin_port)
        self.assertEqual(answer.status, 403, answer.text)

    def test_a_list_that_leaves_nobody_is_refused_at_the_start(self):
        done = subprocess.run([SERVER, "--check-config", "--store", "memory", "--admin", "127.0.0.1:0", "--admin-token-file",
                               str(self.server.admin_keys), "--admin-allow-address", "192.0.2.0/24"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--admin-allow-address leaves nobody", done.stderr)


class Shown(Administered):
    def test_bitwarden_cve_2026_43640_no_key_is_shown_again_and_none_is_made_without_a_session_and_its_token(self):
        server, port = self.server, self.server.admin_port
        key = server.tenant("acme")
        tokens = server.administer("GET", "/Tokens").json()["Resources"]
        listed = json.dumps(tokens) + server.administer("GET", "/Tokens/" + tokens[0]["id"]).text
        entered = server.send("POST", "/admin/api/login", {"secret": server.admin_key}, None, port, content_type="application/json")
        self.assertEqual(entered.status, 200, entered.text)
        cookie = {"Cookie": entered.headers["Set-Cookie"].split(";")[0]}
        listed += server.send("GET", "/admin/api/scim/Tokens", None, None, port, cookie).text
        for secret in (key, hashlib.sha256(key.encode()).hexdigest()):
            for form in running.spellings(secret):
                self.assertNotIn(form, listed)
        wanted = {"name": "second", "tenant": "acme", "scopes": ["scim"]}
        for headers, status in (({}, 401), (cookie, 403), ({**cookie, "X-CSRF-Token": "guessed"}, 403),
                                ({**cookie, "X-CSRF-Token": entered.json()["csrf"]}, 201)):
            made = server.send("POST", "/admin/api/keys", wanted, None, port, headers, content_type="application/json", remember=False)
            self.assertEqual(made.status, status, made.text)
        self.assertEqual(self.users(made.json()["key"]), 0)


@unittest.skipUnless("oauth" in FEATURES, "a server without libcjose takes no access tokens")
class Issuers(unittest.TestCase):
    def test_each_tenant_has_a_document_that_names_all_whose_tokens_it_takes(self):
        server = running.Running(SERVER, features=FEATURES)
        self.addCleanup(server.directory.cleanup)
        key = json.loads(server.run("--new-signing-key"))
        key.pop("d")
        jwks = server.secret_file("jwks", json.dumps({"keys": [key]}))
        server.arguments += ["--oauth-issuer", "https://login.example.com/", "--oauth-jwks", str(jwks), "--oauth-tenant-claim", "tenant",
                             "--token-endpoint"]
        server.start()
        self.addCleanup(server.stop)
        origin = f"http://127.0.0.1:{server.port}"
        for path in ("/scim/v2", "/acme/scim/v2", "/nobodys/scim/v2"):  # nobody finds out which tenants there are
            document = server.send("GET", "/.well-known/oauth-protected-resource" + path).json()
            self.assertEqual(document["resource"], origin + path)
            self.assertEqual(document["authorization_servers"], ["https://login.example.com/", origin])


class Told(Administered):
    def test_the_start_line_tells_the_tenants_that_were_administered(self):
        self.server.tenant("acme")
        self.server.tenant("globex")
        changed = self.server.administer("PATCH", self.entry("globex"), {"schemas": [running.PATCH], "Operations": [
            {"op": "replace", "path": "enabled", "value": False}]})
        self.assertEqual(changed.status, 200, changed.text)
        self.server.stop()
        self.server.log.unlink()
        self.server.start()
        for _ in range(100):  # a thread of its own writes the log
            serving = [line for line in self.server.log.read_text().splitlines() if "serving: " in line] if self.server.log.exists() else []
            if serving:
                break
            time.sleep(0.05)
        self.assertEqual(len(serving), 1)
        self.assertIn(" tenants=acme,default,globex(off) ", serving[0])


class Twice(Administered):
    def test_two_authorization_headers_are_refused_wherever_one_is_taken(self):
        key = self.server.tenant("acme", ["metrics"])
        for port, target in ((self.server.port, "/metrics"), (self.server.port, "/acme/scim/v2/Users"),
                             (self.server.admin_port, "/admin/scim/v2/.remove-tenant"), (self.server.admin_port, "/admin/hand-over")):
            if target == "/metrics" and "metrics" not in FEATURES:
                continue
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer none\r\nAuthorization: Bearer {key}\r\n"
                                   "Connection: close\r\n\r\n".encode())
                self.assertTrue(connection.recv(64).startswith(b"HTTP/1.1 400 "), target)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
