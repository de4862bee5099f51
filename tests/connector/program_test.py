"""The program as its settings and its terminal make it: TLS, client certificates, proxies, rates, passwords, and progress."""
import base64
import re
import subprocess
import time
import unittest

from support import *


def certificate(folder, name):
    """A certificate for localhost that signs itself, and its key."""
    made, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                    "-out", made, "-days", "2", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:localhost"],
                   check=True, capture_output=True, timeout=60)
    key.chmod(0o600)
    return str(made), str(key)


class Tls(ConnectorTest):
    def serve_tls(self, *more):
        self.own, own_key = certificate(self.folder, "server")
        server = self.serve("--tls-cert", self.own, "--tls-key", own_key, *more)
        return server.url.replace("127.0.0.1", "localhost")

    def problem(self, url, more, code):
        self.configure(c=(url, "attempts = 1\n" + more))
        said = self.say("test", "c", code=code)
        return said["problem"], said["steps"][-1]["detail"]

    def test_a_server_whose_authority_is_known_is_reached_and_no_other(self):
        url = self.serve_tls()
        self.assertTrue(url.startswith("https://localhost:"))
        self.configure(c=(url, f'ca-file = "{self.own}"'))
        said = self.say("test", "c")
        self.assertEqual(said["steps"][0], {"step": "reachable", "ok": True, "detail": "yes, over TLS"})
        other, _ = certificate(self.folder, "other")
        for more in ("", f'ca-file = "{other}"'):
            step, detail = self.problem(url, more, 4)
            self.assertEqual(step, "TLS")
            self.assertIn("the server is not trusted", detail)
            done = self.run_connector("test", "c")
            self.assertIn("TLS: the server is not trusted", done.stdout)
            self.assertEqual(self.say("import", "c", code=4)["failure"], "untrusted")
        self.assertEqual(self.problem(url, 'ca-file = "no-such-file.pem"', 2)[0], "settings")

    def test_a_client_certificate_is_shown(self):
        mine, my_key = certificate(self.folder, "client")
        url = self.serve_tls("--tls-client-ca", mine)
        trust = f'ca-file = "{self.own}"\n'
        self.configure(c=(url, trust + f'client-certificate = "{mine}"\nclient-key = "{my_key}"'))
        self.assertEqual(self.say("test", "c")["users"], 0)
        self.assertIn(self.problem(url, trust, 4)[0], ("TLS", "reachable"))
        other, other_key = certificate(self.folder, "other")
        more = trust + f'client-certificate = "{other}"\nclient-key = "{other_key}"'
        self.assertIn(self.problem(url, more, 4)[0], ("TLS", "reachable"))
        self.assertEqual(self.problem(url, trust + f'client-certificate = "{mine}"', 2)[0], "settings")


class OnTheWay(ConnectorTest):
    def setUp(self):
        super().setUp()
        self.environment = {name: value for name, value in self.environment.items() if not name.lower().endswith("_proxy")}

    def one_user(self, path, _):
        return page(users(0, 1), 1) if path == "/Users" else not_found()

    def test_a_proxy_is_asked_where_the_settings_or_the_environment_name_one(self):
        proxy = self.misbehave(self.one_user)
        origin = proxy.url.removesuffix("/scim")
        far = "allow-plain-http = true\nattempts = 1\ntimeout = 20\n"
        self.configure(c=("http://scim.invalid/scim", far + f'proxy = "{origin}"'))
        self.assertEqual(self.say("test", "c")["users"], 1)
        self.assertTrue(proxy.requests[0].startswith("http://scim.invalid/scim/Users?"), proxy.requests)

        self.configure(c=("http://scim.invalid/scim", far))
        self.environment["http_proxy"] = origin
        self.assertEqual(self.say("test", "c")["users"], 1)
        seen = len(proxy.requests)
        self.environment["no_proxy"] = "scim.invalid"
        self.assertEqual(self.say("test", "c", code=4)["problem"], "reachable")
        del self.environment["no_proxy"]
        self.configure(c=("http://scim.invalid/scim", far + 'proxy = ""'))  # none, whatever the environment says
        self.assertEqual(self.say("test", "c", code=4)["problem"], "reachable")
        self.assertEqual(len(proxy.requests), seen)

    def test_no_more_is_asked_in_a_second_than_the_rate_says(self):
        source = self.misbehave(lambda path, query: page(
            users(int(query.get("startIndex", 1)) - 1, int(query.get("startIndex", 1))), 12) if path == "/Users" else not_found())
        self.configure(c=(source.url, "page-size = 1\nrate = 20"))
        begin = time.monotonic()
        self.assertEqual(self.say("import", "c")["types"]["User"]["created"], 12)
        self.assertGreaterEqual(len(source.requests), 12)
        self.assertGreaterEqual(time.monotonic() - begin, (len(source.requests) - 1) / 20)

    def test_a_name_and_a_password_get_in(self):
        password = "p\u00e4ss:w\u00f6rd"
        wanted = "Basic " + base64.b64encode(f"ada:{password}".encode()).decode()
        server = self.misbehave(lambda path, query: self.one_user(path, query) if server.authorizations[-1] == wanted
                                else (401, {"detail": "no"}, {}))
        self.environment["PASSWORD"] = password
        self.configure(c=(server.url, 'user = "ada"\npassword = { env = "PASSWORD" }'))
        self.assertEqual(self.say("test", "c")["users"], 1)
        self.assertEqual(set(server.authorizations), {wanted})
        self.environment["PASSWORD"] = "another"
        done = self.run_connector("--json", "test", "c")
        self.assertEqual(done.returncode, 5, done.stdout)
        self.assertNotIn("another", done.stdout + done.stderr)

    def test_settings_of_the_way_that_are_none_are_refused_by_their_name(self):
        for more, name in (("rate = -1", "rate"), ("rate = 1e-9", "rate"), ("rate = nan", "rate"), ("proxy = 3128", "proxy"),
                           ("ca-file = 1", "ca-file"), ("timeout = 0", "timeout"), ("attempts = 0", "attempts")):
            self.configure(c=("https://scim.invalid", more))
            done = self.run_connector("test", "c")
            self.assertEqual(done.returncode, 2, more + done.stderr)
            self.assertIn("connections.c." + name, done.stderr)


class Progress(ConnectorTest):
    def slow_source(self):
        """Fifty users in five pages, each of which takes longer than progress is silent."""
        def script(path, query):
            if path != "/Users":
                return not_found()
            time.sleep(0.25)
            first = int(query.get("startIndex", 1)) - 1
            return page(users(first, min(50, first + 10)), 50)

        self.configure(c=(self.misbehave(script).url, "page-size = 10"))

    def told(self, what, *arguments):
        """The numbers that a terminal is shown of `what`, as (done, all)."""
        code, shown, output = self.on_terminal(CONNECTOR, *arguments)
        self.assertEqual(code, 0, output)
        self.assertTrue(shown.endswith(b"\n"), shown)
        self.assertNotIn(b"\r" + what, output.encode())
        told = [tuple(map(int, pair)) for pair in re.findall(b"\r" + what + rb" (\d+) of (\d+)", shown)]
        self.assertGreaterEqual(len(told), 3, shown)
        self.assertEqual(told, sorted(set(told)))
        return told

    def test_long_work_tells_a_terminal_how_far_it_is(self):
        self.slow_source()
        for command in ("import", "sync"):  # nothing is newer, so that sync reads all of it again
            self.assertEqual({total for _, total in self.told(b"/Users", command, "c")}, {50}, command)

    def test_what_is_written_tells_a_terminal_how_far_it_is(self):
        def target(path, _):
            if path != "/Users":
                return not_found()
            if there.methods[-1] == "GET":
                return page([], 0)
            time.sleep(0.25)
            return 201, {**there.bodies[-1], "id": there.bodies[-1]["userName"]}, {}

        there = self.misbehave(target)
        source = self.misbehave(lambda path, _: page(users(0, 6), 6) if path == "/Users" else not_found())
        self.configure(c=source.url, d=(there.url, "write = true"))
        self.say("import", "c")
        self.assertEqual({total for _, total in self.told(b"actions", "push", "c", "d", "--apply")}, {6})

    def test_nothing_else_is_told_of_it(self):
        self.slow_source()
        self.assertEqual(self.run_connector("import", "c").stderr, "")


if __name__ == "__main__":
    unittest.main()
