"""OAuth: the connector gets its tokens from scimkit-server's own token endpoint, by a secret and by assertions that it signs."""
import json
import os
import pathlib
import socket
import subprocess
import unittest

from support import *

ADMIN_KEY = "an-admin-key-of-the-tests"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class OAuth(ConnectorTest):
    def setUp(self):
        super().setUp()
        self.port, self.admin_port = free_port(), free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.own("admins", ADMIN_KEY + " root\n")
        self.own("admin-key", ADMIN_KEY + "\n")
        self.server = SampleServer("--listen", f"127.0.0.1:{self.port}", "--base-url", self.origin + "/scim/v2", "--admin",
                                   f"127.0.0.1:{self.admin_port}", "--admin-token-file", str(self.folder / "admins"),
                                   "--token-endpoint", "--assertion-file", str(self.folder / "assertions"))
        self.addCleanup(self.server.stop)

    def own(self, name, text):
        file = self.folder / name
        file.write_text(text)
        file.chmod(0o600)
        return file

    def admin(self, *arguments):
        done = subprocess.run([SERVER, "admin", "--url", f"http://127.0.0.1:{self.admin_port}/admin/scim/v2", "--key-file",
                               str(self.folder / "admin-key"), *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def client(self, name, *more, scopes="users.read,groups.read"):
        return self.admin("create-client", name, "--tenant", "default", "--scopes", scopes, *more)

    def oauth(self, more, name="governance"):
        self.configure(c=(self.origin + "/scim/v2", f'attempts = 1\noauth = {{ token-url = "{self.origin}/oauth/token", '
                                                    f'client-id = "{name}", {more} }}'))

    def openssl(self, file, *arguments):
        made = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=60, check=True).stdout
        return self.own(file, made)

    def publish(self):
        """The public part of the key of connection c, as the connector prints it."""
        printed = self.run_connector("public-key", "c")
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertEqual(json.loads(printed.stdout), self.say("public-key", "c")["jwks"])
        self.assertNotIn('"d"', printed.stdout)
        return self.own("jwks.json", printed.stdout)

    def test_what_the_page_shows_gets_in(self):
        """The indented lines below "OAuth" of docs/connector.md: the connection, and the commands that make its key."""
        page = (pathlib.Path(__file__).resolve().parents[2] / "docs" / "connector.md").read_text(encoding="utf-8")
        section = page.split("\n### OAuth\n", 1)[1].split("\n### ", 1)[0]
        lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
        config = [line for line in lines if line.startswith("[") or " = " in line]
        commands = [line for line in lines if line not in config]
        self.assertEqual([line.split()[0] for line in commands], ["openssl", "scimkit-connector"])
        (self.folder / "scimkit-connector.toml").write_text("\n".join(config).replace("https://app.example.com", self.origin))
        programs = self.folder / "bin"
        programs.mkdir()
        (programs / "scimkit-connector").symlink_to(CONNECTOR)
        path = {"PATH": f"{programs}:{os.environ['PATH']}"}
        for command in commands:
            subprocess.run(["bash", "-ec", command], cwd=self.folder, env={**self.environment, **path}, check=True,
                           stderr=subprocess.DEVNULL, timeout=60)
        self.client("governance", "--public-keys", str(self.folder / "app.jwks"))
        self.server.user("ada")
        self.assertEqual(self.say("test", "app")["users"], 1)

    def test_a_secret_gets_in_and_users_are_imported(self):
        self.server.user("ada")
        secret = self.client("governance").splitlines()[0]
        self.own("secret", secret + "\n")
        for where in ('secret = { file = "secret" }', 'secret = { file = "secret" }, secret-in-body = true',
                      'secret = { file = "secret" }, scope = "users.read groups.read"'):
            self.oauth(where)
            self.assertEqual(self.say("test", "c")["users"], 1)
        self.assertEqual(self.say("import", "c")["types"]["User"]["created"], 1)
        for file in self.folder.rglob("*"):
            if file.is_file() and file.name != "secret":
                self.assertNotIn(secret.encode(), file.read_bytes(), file)

    def test_assertions_signed_with_a_key_in_pem_get_in_again_and_again(self):
        self.server.user("ada")
        for kind, command in (("rsa", ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
                              ("ec", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])):
            self.openssl("key.pem", *command)
            self.oauth('key = { file = "key.pem" }, kid = "one"', name=kind)
            self.client(kind, "--public-keys", str(self.publish()))
            self.assertEqual(self.say("test", "c")["users"], 1)
            self.assertEqual(self.say("import", "c")["types"]["User"]["errors"], 0)
            self.assertEqual(self.say("sync", "c")["types"]["User"]["errors"], 0)
        self.oauth('key = { file = "key.pem" }, kid = "one", alg = "ES256", assertion-audience = "' + self.origin + '"', name="ec")
        self.assertEqual(self.say("test", "c")["users"], 1)

    def test_an_assertion_that_a_program_prints_gets_in_once(self):
        self.openssl("key.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.oauth('key = { file = "key.pem" }', name="once")
        self.client("once", "--public-keys", str(self.publish()))
        self.own("assertion", "nonsense\n")
        self.oauth('assertion = { command = "cat assertion" }', name="once")
        said = self.say("test", "c", code=5)
        self.assertEqual(said["problem"], "credentials")
        self.assertIn("invalid_client", said["steps"][-1]["detail"])

    def test_what_the_endpoint_refuses_is_told_without_the_secret(self):
        self.client("governance")
        self.own("secret", "a-secret-that-is-wrong\n")
        self.oauth('secret = { file = "secret" }')
        for command in ("test", "import", "discover"):
            done = self.run_connector("--json", command, "c")
            self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
            self.assertIn("token endpoint", done.stdout + done.stderr)
            self.assertNotIn("a-secret-that-is-wrong", done.stdout + done.stderr)

    def test_a_key_that_is_none_or_anybodys_or_not_the_clients_is_told(self):
        pem = self.openssl("key.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.oauth('key = { file = "key.pem" }')
        self.client("governance", "--public-keys", str(self.publish()))
        self.openssl("key.pem", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        self.assertIn("invalid_client", self.say("test", "c", code=5)["steps"][-1]["detail"])
        pem.chmod(0o644)
        self.assertIn("Every account", self.say("test", "c", code=5)["steps"][-1]["detail"])
        self.own("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        self.assertIn("no private key", self.say("test", "c", code=5)["steps"][-1]["detail"])
        self.openssl("key.pem", "genpkey", "-algorithm", "ED25519")
        self.assertIn("Ed25519", self.say("test", "c", code=5)["steps"][-1]["detail"])
        self.assertEqual(self.run_connector("public-key", "c").returncode, 5)

    def test_settings_of_keys_that_contradict_each_other_are_refused(self):
        for more, name in (('secret = { env = "A" }, key = { env = "B" }', "secret"), ('kid = "x", secret = { env = "A" }', "kid"),
                           ('alg = "RS256", assertion = { env = "A" }', "alg"), ('key = "key.pem"', "key"), ('scope = "x"', "secret")):
            self.oauth(more)
            done = self.run_connector("test", "c")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(name, done.stderr)
        self.oauth('secret = { env = "A" }')
        self.assertIn("has no key", self.say("public-key", "c", code=2)["detail"])


if __name__ == "__main__":
    unittest.main()
