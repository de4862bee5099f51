"""What the tests of the connector share: the sample server, a server that misbehaves, and the connector itself."""
import http.server
import json
import os
import pathlib
import pty
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request

SERVER = os.environ["SCIMKIT_SERVER"]
CONNECTOR = os.environ["SCIMKIT_CONNECTOR"]
TOKEN = "a-secret-token-of-the-tests"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


class SampleServer:
    """scimkit-server in memory, and what a test does at it as if it were its administrator."""

    def __init__(self, *arguments):
        listen = [] if "--listen" in arguments else ["--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [SERVER, *listen, "--store", "memory", "--token", TOKEN, "--log-level", "off", *arguments],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), line
        self.url = line.split()[2]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        self.process.stdout.close()

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body).encode() if body else None)
        request.add_header("Authorization", "Bearer " + TOKEN)
        request.add_header("Content-Type", "application/scim+json")
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def user(self, name, /, **more):
        schemas = [USER] + ([ENTERPRISE] if ENTERPRISE in more else [])
        return self.call("POST", "/Users", {"schemas": schemas, "userName": name, "active": True, **more})["id"]

    def group(self, name, /, *members):
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": member} for member in members]}
        return self.call("POST", "/Groups", body)["id"]

    def patch(self, path, *operations):
        self.call("PATCH", path, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)})

    def find(self, path, query):
        return self.call("GET", path + "?filter=" + urllib.parse.quote(query))["Resources"]


def await_that(condition, seconds=60):
    """Until it holds; AssertionError if it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come to that"
        time.sleep(0.01)


def parsed(data):
    try:
        return json.loads(data) if data else None
    except ValueError:
        return data


class FaultyServer:
    """Answers as `script(path, query)` says: (status, body, headers), or bytes as they are, or None: nothing at all.

    `requests` has their targets, `methods` how they were asked, `bodies` what came with them (JSON, bytes that are none, or None where nothing came), and
    `authorizations` as whom.
    """

    def __init__(self, script):
        self.requests, self.methods, self.bodies, self.authorizations = [], [], [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def answer(self):
                split = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(split.query))
                size = int(self.headers.get("Content-Length", 0))
                outer.requests.append(self.path)
                outer.methods.append(self.command)
                outer.authorizations.append(self.headers.get("Authorization"))
                outer.bodies.append(parsed(self.rfile.read(size)))
                said = script(split.path.removeprefix("/scim"), query)
                if said is None:
                    return
                if isinstance(said, bytes):
                    self.wfile.write(said)
                    return
                status, body, headers = said
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/scim+json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *_):
                pass

        class Quiet(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/scim"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def users(first, last, **more):
    return [{"schemas": [USER], "id": f"u{i}", "userName": f"user{i}", "active": True,
             "meta": {"resourceType": "User", "lastModified": "2026-01-01T00:00:00Z"}, **more} for i in range(first, last)]


def page(resources, total, **more):
    return 200, {"schemas": [LIST], "totalResults": total, "Resources": resources, **more}, {}


def delta_page(changes, **more):
    return 200, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [
        {"changeType": "Update", "resourceType": "User", "changedResourceId": user["id"], "data": user} for user in changes], **more}, {}


def not_found():
    return 404, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}, {}


class ConnectorTest(unittest.TestCase):
    """A directory with a configuration, and servers that end with the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.environment = {**os.environ, "TOKEN": TOKEN}

    def serve(self, *arguments):
        server = SampleServer(*arguments)
        self.addCleanup(server.stop)
        return server

    def misbehave(self, script):
        server = FaultyServer(script)
        self.addCleanup(server.stop)
        return server

    def configure(self, **connections):
        """Each connection a URL, or a URL and further lines of TOML."""
        text = ""
        for name, said in connections.items():
            url, more = said if isinstance(said, tuple) else (said, "")
            text += f'[connections.{name}]\nurl = "{url}"\n'
            text += '' if "token" in more or "user" in more or "oauth" in more else 'token = { env = "TOKEN" }\n'
            text += more + "\n"
        (self.folder / "scimkit-connector.toml").write_text(text)

    def run_connector(self, *arguments):
        return subprocess.run([CONNECTOR, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              timeout=120)

    def on_terminal(self, *command):
        """Runs it with a terminal as its stderr: the exit code, what the terminal got, and stdout."""
        terminal, end = pty.openpty()
        try:
            running = subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=end, stdout=subprocess.PIPE, text=True)
            os.close(end)
            shown = b""
            try:
                while piece := os.read(terminal, 4096):
                    shown += piece
            except OSError:  # how Linux says that the other end is closed
                pass
            output, _ = running.communicate(timeout=120)
        finally:
            os.close(terminal)
        return running.returncode, shown, output

    def say(self, *arguments, code=0):
        """With --json: what it says; the exit code must be `code`."""
        done = self.run_connector("--json", *arguments)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn(TOKEN, done.stdout + done.stderr)
        return json.loads(done.stdout)
