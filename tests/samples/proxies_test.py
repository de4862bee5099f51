#!/usr/bin/env python3
"""The server behind nginx and Caddy, with the files of samples/server/deploy: what has to come through does, what is for who
watches does not, and nobody says of himself where he comes from.

    proxies_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

import running
from running import USER

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import not_run  # noqa: E402

SERVER, FEATURES = sys.argv[1], set(sys.argv[2:])
DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "samples" / "server" / "deploy"


def program(variable, name):
    return os.environ.get(variable) or shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/bin")


class Behind:
    """A server, and a proxy in front of it that has another port."""

    def setUp(self):
        self.program = program(f"SCIMKIT_{self.name.upper()}", self.name)
        if self.program is None:
            not_run.tell(f"the server behind {self.name}", "it is not installed (scripts/install-packages test)")
            self.skipTest("not installed")
        self.front = running.free_port()
        self.server = running.Running(SERVER, "--trusted-proxy", "127.0.0.1", features=FEATURES)
        self.addCleanup(self.server.directory.cleanup)
        self.server.arguments[self.server.arguments.index("--base-url") + 1] = f"http://127.0.0.1:{self.front}/scim/v2"
        if "oauth" in FEATURES:
            key = self.server.secret_file("event-key", self.server.run("--new-signing-key"))
            self.server.arguments += ["--event-key-file", str(key), "--token-endpoint"]
        self.server.start()
        self.addCleanup(self.server.stop)
        self.proxy = subprocess.Popen(self.command(), env=dict(os.environ, HOME=str(self.server.folder), XDG_DATA_HOME=str(self.server.folder)),
                                      stdout=subprocess.DEVNULL, stderr=open(self.server.folder / "errors", "wb"))
        self.addCleanup(self.end)
        for _ in range(200):
            try:
                self.ask("GET", "/scim/v2/Users")
                return
            except OSError:
                time.sleep(0.05)
        self.fail((self.server.folder / "errors").read_text())

    def end(self):
        self.proxy.terminate()
        self.proxy.wait(timeout=20)

    def site(self, file, *exchanged):
        text = (DEPLOY / file).read_text(encoding="utf-8")
        for old, new in exchanged:
            self.assertIn(old, text)
            text = text.replace(old, new)
        return text

    def ask(self, method, target, body=None, key=None, headers=(), content_type="application/scim+json"):
        return self.server.send(method, target, body, key, self.front, headers, content_type)

    def test_tenants_are_served_under_their_own_urls_and_errors_come_through(self):
        key = self.server.tenant("acme")
        lies = {"X-Forwarded-For": "192.0.2.7", "Forwarded": "for=192.0.2.8"}
        made = self.ask("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "proxied"}, key, lies)
        self.assertEqual(made.status, 201, made.text)
        self.assertTrue(made.headers["Location"].startswith(f"http://127.0.0.1:{self.front}/acme/scim/v2/Users/"))
        refused = self.ask("POST", "/acme/scim/v2/Users", {"schemas": [USER], "userName": "proxied"}, key)
        self.assertEqual((refused.status, refused.json()["scimType"]), (409, "uniqueness"))
        elsewhere = self.ask("GET", "/scim/v1/Users", None, key)
        self.assertEqual(elsewhere.status, 404)
        self.assertIn(f"http://127.0.0.1:{self.front}/acme/scim/v2", elsewhere.json()["detail"])
        log = self.server.log.read_text(encoding="utf-8")
        self.assertNotIn("192.0.2.", log)  # what the client said of itself
        self.assertIn('"peer":"127.0.0.1"', log)

    def test_what_stands_beside_the_scim_root_comes_through(self):
        if "oauth" not in FEATURES:
            self.skipTest("a server without libcjose has neither")
        key = self.server.tenant("acme", ["events"])
        self.assertEqual(self.ask("POST", "/events", {"returnImmediately": True}, key, content_type="application/json").json(), {"sets": {}})
        self.assertIn("keys", self.ask("GET", "/events/jwks.json").json())
        self.assertEqual(self.ask("GET", "/.well-known/oauth-authorization-server").json()["token_endpoint"],
                         f"http://127.0.0.1:{self.front}/oauth/token")
        self.assertEqual(self.ask("GET", "/.well-known/oauth-protected-resource/acme/scim/v2").json()["resource"],
                         f"http://127.0.0.1:{self.front}/acme/scim/v2")
        token = self.ask("POST", "/oauth/token", "grant_type=client_credentials", content_type="application/x-www-form-urlencoded")
        self.assertIn("error", token.json())

    def test_what_is_for_who_watches_stays_inside(self):
        for target in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(self.ask("GET", target).status, 404, target)
        self.assertEqual(self.server.send("GET", "/healthz").status, 200)


class Nginx(Behind, unittest.TestCase):
    name = "nginx"

    def command(self):
        folder = self.server.folder
        site = self.site("nginx.conf", ("server 127.0.0.1:8080;", f"server 127.0.0.1:{self.server.port};"),
                         ("listen 443 ssl;", f"listen 127.0.0.1:{self.front};"),
                         ("ssl_certificate     /etc/scimkit/chain.pem;", ""), ("ssl_certificate_key /etc/scimkit/key.pem;", ""))
        places = "".join(f"{name} {folder}/{name};\n" for name in ("client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path",
                                                                   "uwsgi_temp_path", "scgi_temp_path"))
        (folder / "nginx.conf").write_text(f"pid {folder}/pid;\nerror_log {folder}/errors;\ndaemon off;\nevents {{}}\nhttp {{\naccess_log off;\n"
                                           f"{places}{site}}}\n", encoding="utf-8")
        return [self.program, "-e", str(folder / "errors"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


class Caddy(Behind, unittest.TestCase):
    name = "caddy"

    def command(self):
        site = self.site("Caddyfile", ("scim.example.com {", f"http://127.0.0.1:{self.front} {{"),
                         ("127.0.0.1:8080", f"127.0.0.1:{self.server.port}"))
        file = self.server.folder / "Caddyfile"
        file.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site, encoding="utf-8")
        return [self.program, "run", "--config", str(file), "--adapter", "caddyfile"]


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
