"""Connections: each trouble told apart, secrets that stay secret, discovery and what has changed in it."""
import json
import os
import unittest

from support import *


class Trouble(ConnectorTest):
    def problem(self, code):
        said = self.say("test", "c", code=code)
        self.assertFalse(said["ok"])
        return said["problem"], said["steps"][-1]["detail"], said.get("hint")

    def test_a_good_connection_is_told_in_a_sample(self):
        server = self.serve()
        server.user("ada")
        self.configure(c=server.url)
        said = self.say("test", "c")
        self.assertEqual(said["users"], 1)
        self.assertIn("ada", said["steps"][-1]["detail"])
        self.assertEqual(self.run_connector("test", "c").returncode, 0)

    def test_nobody_there(self):
        server = self.misbehave(lambda *_: not_found())
        server.stop()
        self.configure(c=(server.url, "attempts = 1"))
        self.assertEqual(self.problem(4)[0], "reachable")

    def test_wrong_token(self):
        server = self.serve()
        self.configure(c=(server.url, 'token = { command = "echo another-token-that-is-wrong" }'))
        step, detail, _ = self.problem(5)
        self.assertEqual(step, "authorised")
        self.assertIn("does not know", detail)

    def test_not_allowed(self):
        self.configure(c=self.misbehave(lambda *_: (403, {"detail": "no"}, {})).url)
        step, detail, _ = self.problem(5)
        self.assertEqual(step, "authorised")
        self.assertIn("may not read users", detail)

    def test_another_root_is_found(self):
        server = self.serve()
        self.configure(c=server.url.removesuffix("/scim/v2"))
        step, _, hint = self.problem(6)
        self.assertEqual((step, hint), ("SCIM root", server.url))
        self.configure(c=server.url + "/Users")
        self.assertEqual(self.problem(6)[2], server.url)

    def test_web_pages_and_redirections_are_no_root(self):
        for answer in ((200, b"<html>Log in</html>", {"Content-Type": "text/html"}), (302, b"", {"Location": "/login"}), not_found()):
            self.configure(c=self.misbehave(lambda *_: answer).url)
            step, _, hint = self.problem(6)
            self.assertEqual((step, hint), ("SCIM root", None))

    def test_empty_attributes(self):
        self.configure(c=self.misbehave(lambda *_: page([{"schemas": [USER], "id": "1"}], 1)).url)
        step, detail, _ = self.problem(6)
        self.assertEqual(step, "users")
        self.assertIn("attributes are empty", detail)

    def test_a_server_that_is_ill(self):
        self.configure(c=(self.misbehave(lambda *_: (500, {}, {})).url, "attempts = 1"))
        self.assertEqual(self.problem(1)[0], "users")


class Secrets(ConnectorTest):
    def test_a_secret_in_the_configuration_is_refused(self):
        self.configure(c=("https://scim.example.com", 'token = "abc-in-the-clear"'))
        done = self.run_connector("test", "c")
        self.assertEqual(done.returncode, 2)
        self.assertIn("does not stand in the configuration", done.stderr)
        self.assertNotIn("abc-in-the-clear", done.stderr)

    def test_secrets_come_from_files_and_commands(self):
        server = self.serve()
        server.user("ada")
        secret = self.folder / "token"
        secret.write_text(TOKEN + "\n")
        os.chmod(secret, 0o600)
        for place in (f'{{ file = "{secret}" }}', f'{{ command = "cat {secret}" }}', '{ env = "TOKEN" }'):
            self.configure(c=(server.url, "token = " + place))
            self.say("test", "c")
        os.chmod(secret, 0o644)
        self.configure(c=(server.url, f'token = {{ file = "{secret}" }}'))
        said = self.say("test", "c", code=5)
        self.assertIn("Every account of this machine may read", said["steps"][-1]["detail"])
        for place in ('{ file = "/no/such/file" }', '{ command = "false" }', '{ env = "NO_SUCH_VARIABLE" }', '{ command = "true" }'):
            self.configure(c=(server.url, "token = " + place))
            self.assertEqual(self.say("test", "c", code=5)["problem"], "credentials")

    def test_wrong_settings_are_refused_by_their_name(self):
        for more, name in (("wrote = true", "wrote"), ("write = 1", "write"), ("page-size = 0", "page-size"),
                           ('paging = "both"', "paging"), ('user = "ada"', "user"), ('url = "x"', ""), ("token = {}", "token"),
                           ("oauth = {}", "oauth"), ('mapping = "none.toml"', "")):
            self.configure(c=("https://scim.invalid", more))
            done = self.run_connector("import", "c")
            self.assertIn(done.returncode, (2, 4, 5), done.stderr)
            self.assertIn(name, done.stderr)
        self.configure(c="http://scim.example.com")
        self.assertIn("plain http", self.run_connector("discover", "c").stderr)
        self.assertIn("there are: c", self.run_connector("discover", "d").stderr)
        self.assertEqual(self.run_connector("nonsense").returncode, 2)

    def test_a_wrong_command_line_is_told_in_the_form_that_it_asks_for(self):
        self.configure(c="http://127.0.0.1:9/scim")
        for arguments in (["nonsense"], ["push", "c"], ["import"], [], ["import", "c", "--nonsense"], ["import", "c", "--config"]):
            for line in (["--json", *arguments], [*arguments, "--json"]):
                if line[-2:] == ["--config", "--json"]:  # then it is a name
                    continue
                done = self.run_connector(*line)
                self.assertEqual(done.returncode, 2, line)
                said = json.loads(done.stdout)
                self.assertEqual((said["ok"], said["failure"], said["status"]), (False, "misuse", 0), line)
                self.assertIn(said["detail"], done.stderr)
            self.assertEqual(self.run_connector(*arguments).stdout, "", arguments)


class Discovery(ConnectorTest):
    def test_types_and_attributes_are_shown_and_changes_told(self):
        schema = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "urn:example:User",
                  "attributes": [{"name": "userName", "required": True}, {"name": "badge", "multiValued": True}]}
        kind = {"name": "User", "endpoint": "/Users", "schema": "urn:example:User"}

        def script(path, _):
            return page([schema], 1) if path == "/Schemas" else page([kind], 1) if path == "/ResourceTypes" else not_found()

        self.configure(c=self.misbehave(script).url)
        first = self.say("discover", "c")
        self.assertTrue(first["first"])
        self.assertTrue(first["types"]["User"]["attributes"]["badge"]["multiValued"])
        self.assertIn("no-configuration", [each["name"] for each in first["deviations"]])
        self.assertEqual(self.say("discover", "c")["changes"], [])
        schema["attributes"][1] = {"name": "photo"}
        schema["attributes"][0]["required"] = False
        changes = self.say("discover", "c")["changes"]
        self.assertEqual(changes, ["/types/User/attributes/userName/required: was true, is false",
                                   "/types/User/attributes/badge is gone", "/types/User/attributes/photo is new"])
        self.assertIn("photo", self.run_connector("discover", "c").stdout)

    def test_what_a_source_offers_is_shown(self):
        key = self.folder / "cursor-key"
        key.write_text("5" * 64)
        key.chmod(0o600)
        self.configure(c=self.serve("--delta-query", "--cursor-key-file", str(key)).url)
        offered = self.say("discover", "c")["capabilities"]
        for name in ("announced", "patch", "bulk", "filter", "sort", "etag", "cursorPaging", "deltaQuery"):
            self.assertTrue(offered[name], name)


if __name__ == "__main__":
    unittest.main()
