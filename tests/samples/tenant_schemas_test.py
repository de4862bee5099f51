#!/usr/bin/env python3
"""What a tenant's schemas of its own are to it, and to others: in the administration, and in a file of tenants.

    tenant_schemas_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

import running
from running import PATCH, TENANT, USER, quote

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
BADGE = "urn:example:Badge"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def schema(*attributes, uri=BADGE):
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": uri, "name": "Badge", "attributes": list(attributes)}


def users_with(*uris, **more):
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "User", "endpoint": "/Users", "schema": USER,
            "schemaExtensions": [{"schema": uri, "required": False} for uri in uris], **more}


NUMBER = {"name": "number", "type": "string", "description": "On it."}
GOOD = [schema(NUMBER), users_with(BADGE)]


class Redacted(unittest.TestCase):
    def test_the_request_log_keeps_no_attribute_of_a_tenants_own_that_is_named(self):
        server = running.Running(SERVER, features=FEATURES)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        schemas = server.folder / "schemas"
        schemas.mkdir()
        (schemas / "badge.json").write_text(json.dumps(GOOD), encoding="utf-8")
        server.arguments += ["--tenant-schemas", str(schemas), "--request-log-redact", f"{BADGE}:number", "--request-log-redact", "titel"]
        server.start()
        made = server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme", "schemaFiles": ["badge.json"]})
        self.assertEqual(made.status, 201, made.text)
        key = server.tenant("acme")
        sent = {"schemas": [USER, BADGE], "userName": "ada", BADGE: {"number": "canary-4711"}}
        self.assertEqual(server.send("POST", "/acme/scim/v2/Users", sent, key).status, 201)
        self.assertNotIn("canary-4711", json.dumps(server.records('tenant eq "acme" and method eq "POST"')))
        said = server.log.read_text()
        self.assertIn("--request-log-redact titel: no resource type has such an attribute, unless a tenant", said)
        done = server.run(*server.arguments, "--request-log-redact", "na me", "--check-config", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("na me", done.stderr)


class OfTenants(unittest.TestCase):
    def setUp(self):
        self.server = running.Running(SERVER, features=FEATURES)
        self.addCleanup(self.server.directory.cleanup)
        self.addCleanup(self.server.stop)
        self.schemas = self.server.folder / "schemas"
        self.schemas.mkdir()
        self.put("badge.json", GOOD)
        self.server.arguments += ["--tenant-schemas", str(self.schemas), "--reload-interval", "1"]

    def put(self, name, definitions):
        """As a whole, by rename()."""
        made = self.server.folder / "made"
        made.write_text(definitions if isinstance(definitions, str) else json.dumps(definitions), encoding="utf-8")
        os.replace(made, self.schemas / name)

    def command(self, *arguments):
        return subprocess.run([SERVER, "admin", "--url", f"http://127.0.0.1:{self.server.admin_port}/admin/scim/v2", "--key",
                               self.server.admin_key, *arguments], capture_output=True, text=True, timeout=60, check=False)

    def announced(self, tenant, key):
        """The extensions of a user, and whether their schema is there."""
        types = self.server.send("GET", f"/{tenant}/scim/v2/ResourceTypes/User", None, key).json()
        schemas = self.server.send("GET", f"/{tenant}/scim/v2/Schemas/{BADGE}", None, key)
        return sorted(each["schema"] for each in types["schemaExtensions"]), schemas.status

    def create(self, tenant, key, name, number):
        return self.server.send("POST", f"/{tenant}/scim/v2/Users", {"schemas": [USER, BADGE], "userName": name,
                                                                     BADGE: {"number": number}}, key)

    def numbers(self, tenant, key):
        found = self.server.send("GET", f"/{tenant}/scim/v2/Users?sortBy=userName", None, key)
        self.assertEqual(found.status, 200, found.text)
        return [each.get(BADGE, {}).get("number") for each in found.json().get("Resources", [])]

    def logged(self, text, after=0):
        for _ in range(200):
            if text in self.server.log.read_text(encoding="utf-8")[after:]:
                return
            time.sleep(0.05)
        self.fail(f"the log does not say: {text}")


class Administered(OfTenants):
    def with_badges(self):
        """acme has them, globex has none."""
        self.server.start()
        made = self.command("create-tenant", "acme", "--schemas", "badge.json")
        self.assertEqual(made.returncode, 0, made.stderr)
        return self.server.tenant("acme"), self.server.tenant("globex")

    def test_only_the_tenant_that_names_a_file_has_its_extension(self):
        acme, globex = self.with_badges()
        self.assertEqual(self.announced("acme", acme), (sorted([BADGE, ENTERPRISE]), 200))
        self.assertEqual(self.announced("globex", globex), ([ENTERPRISE], 404))
        self.assertEqual(self.create("acme", acme, "ada", "7").status, 201)
        found = self.server.send("GET", "/acme/scim/v2/Users?filter=" + quote(f'{BADGE}:number eq "7"'), None, acme)
        self.assertEqual(found.json()["totalResults"], 1, found.text)
        elsewhere = self.server.send("GET", "/globex/scim/v2/Users?filter=" + quote(f'{BADGE}:number eq "7"'), None, globex)
        self.assertNotIn(BADGE + "\":", elsewhere.text)
        self.create("globex", globex, "ada", "7")
        self.assertEqual(self.numbers("globex", globex), [None] * len(self.numbers("globex", globex)))
        self.assertIn('acme enabled=true types=all schemas=["badge.json"]', self.command("list-tenants").stdout)

    def test_data_is_kept_while_the_schemas_are_away_and_after_a_restart(self):
        acme, _ = self.with_badges()
        ada = self.create("acme", acme, "ada", "7").json()["id"]
        self.assertEqual(self.command("change-tenant", "acme", "--schemas", "none").returncode, 0)
        self.assertEqual(self.announced("acme", acme), ([ENTERPRISE], 404))
        self.assertEqual(self.numbers("acme", acme), [None])
        changed = self.server.send("PATCH", "/acme/scim/v2/Users/" + ada, {"schemas": [PATCH], "Operations": [
            {"op": "replace", "path": "title", "value": "Countess"}]}, acme)
        self.assertIn(changed.status, (200, 204), changed.text)
        self.assertEqual(self.command("change-tenant", "acme", "--schemas", "badge.json").returncode, 0)
        self.assertEqual(self.numbers("acme", acme), ["7"])
        self.server.stop()
        self.server.start()
        self.assertEqual(self.numbers("acme", acme), ["7"])

    def test_what_a_tenant_has_besides_is_exported_and_restored_without_its_schemas(self):
        acme, _ = self.with_badges()
        self.create("acme", acme, "ada", "7")
        self.server.stop()
        out = self.server.folder / "export"
        self.server.run("export", "--store", f"lmdb:{self.server.data}", str(out))
        self.assertIn('"number":"7"', out.read_text(encoding="utf-8"))
        self.server.run("restore", "--store", f"lmdb:{self.server.folder / 'copy'}", str(out))
        again = self.server.folder / "again"
        self.server.run("export", "--store", f"lmdb:{self.server.folder / 'copy'}", str(again))
        self.assertEqual(again.read_text(encoding="utf-8"), out.read_text(encoding="utf-8"))
        self.server.start()

    def test_a_file_is_taken_anew_without_a_restart(self):
        acme, _ = self.with_badges()
        self.create("acme", acme, "ada", "7")
        colour = {"name": "colour", "type": "string", "description": "Of it."}
        self.put("badge.json", [schema(NUMBER, colour), users_with(BADGE)])
        self.logged("a file has changed: took the tokens and tenants anew")
        changed = self.server.send("GET", f"/acme/scim/v2/Schemas/{BADGE}", None, acme).json()
        self.assertEqual([each["name"] for each in changed["attributes"]], ["number", "colour"])
        self.assertEqual(self.numbers("acme", acme), ["7"])

    def test_what_would_make_stored_data_unreadable_is_refused_and_the_tenant_goes_on(self):
        acme, globex = self.with_badges()
        self.create("acme", acme, "ada", "7")
        for i, other in enumerate(({**NUMBER, "type": "integer"}, {**NUMBER, "multiValued": True},
                                   {**NUMBER, "type": "complex", "subAttributes": [{**NUMBER, "name": "value"}]}, {**NUMBER, "name": "NUMBER"})):
            self.put(f"other{i}.json", [schema(other), users_with(BADGE)])
            refused = self.command("change-tenant", "acme", "--schemas", f"other{i}.json")
            self.assertEqual(refused.returncode, 1, other)
            self.assertIn("what is stored could not be read", refused.stderr)
        for broken in ([schema({**NUMBER, "type": "integer"}), users_with(BADGE)], "[{", [schema(NUMBER)]):
            before = len(self.server.log.read_text(encoding="utf-8"))
            self.put("badge.json", broken)
            self.logged("Tenant acme: schemaFiles", before)
            self.assertEqual(self.numbers("acme", acme), ["7"])
            self.assertEqual(self.numbers("globex", globex), [])
            self.server.tenant("globex")  # another change goes on meanwhile
        self.server.stop()
        self.server.start()  # nothing is known any more of what it was
        self.assertEqual(self.server.send("GET", "/acme/scim/v2/Users", None, acme).status, 403)
        self.put("badge.json", GOOD)
        self.logged("a file has changed", len(self.server.log.read_text(encoding="utf-8")) - 1)
        self.assertEqual(self.numbers("acme", acme), ["7"])

    def test_no_path_comes_from_the_wire(self):
        self.server.start()
        (self.server.folder / "outside.json").write_text(json.dumps(GOOD), encoding="utf-8")
        os.symlink("/dev/zero", self.schemas / "endless.json")
        os.mkfifo(self.schemas / "pipe.json")
        for name in ("../outside.json", str(self.schemas / "badge.json"), "/etc/passwd", ".", "..", "a/b", "badge.json\n", "b\u0000", "x" * 300,
                     ".hidden", "nothing.json", "endless.json", "pipe.json", "badge.json/", "%2e%2e"):
            refused = self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme", "schemaFiles": [name]})
            self.assertEqual(refused.status, 400, (name, refused.text))
            self.assertNotIn(str(self.server.folder), refused.text.replace(name, ""))
        refused = self.server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme", "schemaFiles": [f"b{i}.json" for i in range(21)]})
        self.assertEqual(refused.status, 400, refused.text)

    def test_what_a_tenants_schemas_cannot_have_is_refused_with_the_reason(self):
        self.server.start()
        device = users_with()
        device.update({"name": "Device", "endpoint": "/Devices", "schema": BADGE})
        for definitions, why in (([schema({**NUMBER, "uniqueness": "server"}), users_with(BADGE)], "unique"),
                                 ([schema({**NUMBER, "returned": "never"}), users_with(BADGE)], "never returned"),
                                 ([schema({"name": "pin", "type": "complex", "subAttributes": [{**NUMBER, "mutability": "writeOnly",
                                                                                               "returned": "never"}]}), users_with(BADGE)], "never returned"),
                                 ([schema(NUMBER), device], "Device"),
                                 ([schema(NUMBER)], "extends no resource type"),
                                 ([schema(NUMBER), users_with(BADGE, schema=BADGE)], "User"),
                                 ([schema(NUMBER), users_with(BADGE, endpoint="/People")], "User"),
                                 ([schema(NUMBER, uri=USER), users_with(BADGE)], USER),
                                 ([schema(NUMBER, uri=ENTERPRISE), users_with(BADGE)], ENTERPRISE),
                                 ([users_with(BADGE)], BADGE), ("{", "wrong.json"), ("[" * 100_000, "wrong.json"), ("x" * (2 << 20), "1 MiB")):
            self.put("wrong.json", definitions)
            refused = self.command("create-tenant", "acme", "--schemas", "wrong.json")
            self.assertEqual(refused.returncode, 1, why)
            self.assertIn(why, refused.stderr)
            self.assertIn("schemaFiles", refused.stderr)
        self.put("again.json", GOOD)
        made = self.command("create-tenant", "acme", "--schemas", "badge.json,again.json")
        self.assertEqual(made.returncode, 1, "the same schema twice")
        self.put("open.json", GOOD)
        (self.schemas / "open.json").chmod(0o666)
        self.assertIn("may write it", self.command("create-tenant", "acme", "--schemas", "open.json").stderr)

    def test_each_tenant_has_its_own_of_one_name_and_files_add_up(self):
        acme, _ = self.with_badges()
        other = "urn:example:Desk"
        self.put("desk.json", [schema({**NUMBER, "type": "integer"}, uri=other), users_with(other)])
        self.put("whole.json", [schema({**NUMBER, "type": "integer"}), users_with(BADGE)])
        self.assertEqual(self.command("change-tenant", "acme", "--schemas", "badge.json,desk.json").returncode, 0)
        self.assertEqual(self.announced("acme", acme)[0], sorted([BADGE, other, ENTERPRISE]))
        self.assertEqual(self.command("create-tenant", "initech", "--schemas", "whole.json").returncode, 0)
        initech = self.server.tenant("initech")
        self.assertEqual(self.create("initech", initech, "ada", 7).status, 201)
        self.assertEqual(self.create("initech", initech, "bob", "seven").status, 400)
        self.assertEqual(self.create("acme", acme, "ada", "seven").status, 201)

    def test_without_the_directory_a_file_is_refused(self):
        self.server.arguments = [each for each in self.server.arguments if each not in ("--tenant-schemas", str(self.schemas))]
        self.server.start()
        self.assertIn("--tenant-schemas", self.command("create-tenant", "acme", "--schemas", "badge.json").stderr)


class OnThePage(OfTenants):
    def ask(self, path):
        """As somebody who has logged in with a key."""
        port = self.server.admin_port
        entered = self.server.send("POST", "/admin/api/login", {"secret": self.server.admin_key}, port=port, content_type="application/json")
        self.assertEqual(entered.status, 200, entered.text)
        cookie = entered.headers["Set-Cookie"].split(";")[0]
        found = self.server.send("GET", "/admin/api" + path, port=port, headers=[("Cookie", cookie)])
        self.assertEqual(found.status, 200, found.text)
        return found.json()

    def test_it_tells_what_each_file_has_or_why_nobody_can_name_it(self):
        for name, definitions in (("wrong.json", [schema({**NUMBER, "uniqueness": "server"}), users_with(BADGE)]), ("no.json", "{"),
                                  (".hidden.json", GOOD), ("spaces in it.json", GOOD)):
            self.put(name, definitions)
        (self.schemas / "folder").mkdir()
        self.server.start()
        told = self.ask("/schema-files")
        self.assertEqual([each["name"] for each in told["files"]], ["badge.json", "no.json", "wrong.json"])
        self.assertEqual(told["files"][0], {"name": "badge.json", "extensions": [{"type": "User", "schema": BADGE, "name": "Badge"}]})
        for file, why in zip(told["files"][1:], ("JSON", "number is unique")):
            self.assertIn(why, file["problem"])
            self.assertNotIn(str(self.schemas), file["problem"])
        self.assertEqual(told["leftOut"], 0)
        self.put("no.json", GOOD)  # it is looked at again when it has changed
        self.assertNotIn("problem", self.ask("/schema-files")["files"][1])
        for number in range(120):
            self.put(f"more{number}.json", GOOD)
        told = self.ask("/schema-files")
        self.assertEqual((len(told["files"]), told["leftOut"]), (100, 23))

    def test_it_tells_which_extensions_a_tenant_has_now(self):
        self.server.start()
        for arguments in (["acme", "--schemas", "badge.json"], ["globex"]):
            self.assertEqual(self.command("create-tenant", *arguments).returncode, 0)
        extensions = lambda: {each["name"]: [one["schema"] for one in each["extensions"]] for each in self.ask("/tenants")["tenants"]}
        self.assertEqual(extensions(), {"default": [ENTERPRISE], "acme": [ENTERPRISE, BADGE], "globex": [ENTERPRISE]})
        self.assertEqual(self.command("change-tenant", "acme", "--schemas", "none").returncode, 0)
        self.assertEqual(extensions()["acme"], [ENTERPRISE])

    def test_without_a_directory_there_are_no_files(self):
        self.server.arguments = [each for each in self.server.arguments if each not in ("--tenant-schemas", str(self.schemas))]
        self.server.start()
        self.assertEqual(self.ask("/schema-files"), {"files": None})


class OfAFile(OfTenants):
    def test_a_table_names_its_files_and_a_bad_one_changes_nothing(self):
        acme, globex = (self.server.run("--new-token").strip() for _ in range(2))
        tenants = self.server.secret_file("tenants.toml", '[acme]\nschemas = ["badge.json"]\n[globex]\n')
        tokens = self.server.secret_file("tokens", f"{acme} a acme\n{globex} g globex\n")
        admin = self.server.arguments.index("--admin")
        del self.server.arguments[admin:admin + 4]
        at = self.server.arguments.index("--base-url")
        self.server.arguments[at + 1] = self.server.arguments[at + 1].replace("/scim", "/{tenant}/scim")
        self.server.arguments += ["--tenants", str(tenants), "--token-file", str(tokens)]
        self.server.start()
        self.assertEqual(self.announced("acme", acme), (sorted([BADGE, ENTERPRISE]), 200))
        self.assertEqual(self.announced("globex", globex), ([ENTERPRISE], 404))
        self.create("acme", acme, "ada", "7")
        self.put("badge.json", [schema({**NUMBER, "type": "integer"}), users_with(BADGE)])
        self.logged("goes on with the old tenants")
        self.assertEqual(self.numbers("acme", acme), ["7"])
        tenants.write_text('[acme]\nschemas = ["nothing.json"]\n', encoding="utf-8")
        self.server.process.send_signal(signal.SIGHUP)
        self.logged("tenant acme: schemas: nothing.json")
        self.assertEqual(self.numbers("acme", acme), ["7"])
        refused = self.server.run(*self.server.arguments, "--check-config", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("nothing.json", refused.stderr)

    def test_a_directory_that_is_none_and_one_for_nobody_or_for_everybody_are_refused_at_the_start(self):
        everybodys = self.server.folder / "everybodys"
        everybodys.mkdir()
        everybodys.chmod(0o777)
        for arguments, why in ((["--tenant-schemas", str(self.schemas / "badge.json"), "--admin", "127.0.0.1:0"], "no such directory"),
                               (["--tenant-schemas", str(everybodys), "--admin", "127.0.0.1:0"], "may put files into it"),
                               (["--tenant-schemas", str(self.schemas)], "needs --tenants or --admin")):
            refused = self.server.run("--store", "memory", "--token", "a" * 32, "--check-config", *arguments, check=False)
            self.assertEqual(refused.returncode, 1, arguments)
            self.assertIn(why, refused.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
