"""scimkit-server with everything on, for tests that look at all that it leaves behind."""
import base64
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import time

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
TENANT = "urn:scimkit:params:scim:schemas:admin:1.0:Tenant"
TOKEN = "urn:scimkit:params:scim:schemas:admin:1.0:Token"

MARK = "urn:example:Account:managed"
# A schema with a mark of what SCIM manages.
ACCOUNT = [{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": "urn:example:Account", "name": "Account",
            "attributes": [{"name": "managed", "type": "boolean", "description": "By SCIM.", "mutability": "readOnly"}]},
           {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "User", "endpoint": "/Users",
            "schema": USER, "schemaExtensions": [{"schema": "urn:example:Account", "required": False}]}]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.text = status, headers, body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.text)


class Running:
    """`answers` has everything that came back, heads and bodies."""

    def __init__(self, server, *arguments, features=()):
        self.server, self.answers = server, []
        self.directory = tempfile.TemporaryDirectory(prefix="scimkit-kept-")
        self.folder = pathlib.Path(self.directory.name)
        self.data = self.folder / "db"
        self.log = self.folder / "log"
        self.port, self.admin_port = free_port(), free_port()
        self.admin_key = self.run("--new-token").strip()
        self.admin_keys = self.secret_file("admin-keys", f"{self.admin_key} operator\n")
        self.arguments = ["--listen", f"127.0.0.1:{self.port}", "--base-url", f"http://127.0.0.1:{self.port}/scim/v2",
                          "--store", f"lmdb:{self.data}", "--admin", f"127.0.0.1:{self.admin_port}", "--admin-token-file",
                          str(self.admin_keys), "--log-file", str(self.log), "--log-level", "debug", "--log-format", "json",
                          *(["--metrics"] if "metrics" in features else []), *arguments]
        self.process = None

    def secret_file(self, name, text):
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return file

    def run(self, *arguments, check=True):
        done = subprocess.run([self.server, *arguments], capture_output=True, text=True, timeout=60, check=False)
        if check and done.returncode != 0:
            raise AssertionError((arguments, done.returncode, done.stdout, done.stderr))
        return done.stdout if check else done

    def start(self):
        self.process = subprocess.Popen([self.server, *self.arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on"):
            raise AssertionError(self.process.stderr.read())
        return self

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=30)
        self.said = self.process.stdout.read() + self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        self.process = None
        assert code == 0, code

    def send(self, method, target, body=None, key=None, port=None, headers=(), content_type="application/scim+json", remember=True):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=30)
        sent = dict(headers)
        if key is not None:
            sent.setdefault("Authorization", f"Bearer {key}")
        if body is not None:
            sent.setdefault("Content-Type", content_type)
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request(method, target, body, sent)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        if remember:
            self.answers.append(f"{method} {answer.status}\n{response.headers}\n{answer.text}")
        return answer

    def administer(self, method, path, body=None, key=None):
        return self.send(method, "/admin/scim/v2" + path, body, key or self.admin_key, self.admin_port)

    def metrics(self, key):
        """By name and labels, as /metrics has them."""
        text = self.send("GET", "/metrics", key=key).text
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")}

    def tenant(self, name, scopes=("scim",)):
        """Makes one, and gives a key of it."""
        made = self.administer("POST", "/Tenants", {"schemas": [TENANT], "name": name})
        assert made.status in (201, 409), made.text
        key = self.run("--new-token").strip()
        made = self.administer("POST", "/Tokens", {"schemas": [TOKEN], "name": f"{name}-{len(self.answers)}", "tenant": name,
                                                   "scopes": list(scopes), "key": key})
        assert made.status == 201, made.text
        return key

    def records(self, filter_, least=1):
        """Those that match, as soon as there are so many: they are written a moment after the answer."""
        target = "/RequestRecords?sortBy=time&count=200&filter=" + quote(filter_)
        for _ in range(200):
            found = self.administer("GET", target).json()
            if found.get("totalResults", 0) >= least:
                return found["Resources"]
            time.sleep(0.05)
        raise AssertionError((filter_, found))


def instant(time_of_record):
    """What sorts by time: the texts do not, since those of whole milliseconds have three digits behind the point and others six."""
    seconds, _, fraction = time_of_record.removesuffix("Z").partition(".")
    return seconds, fraction.ljust(9, "0")


def quote(text):
    return "".join(c if re.match(r"[A-Za-z0-9]", c) else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def spellings(secret):
    """A secret in any form in which a careless program would write it down."""
    raw = secret.encode()
    forms = {secret, quote(secret), raw.hex(), json.dumps(secret)[1:-1]}
    for shift in range(3):  # Base64 of whatever stands before it
        encoded = base64.b64encode(b"x" * shift + raw).decode()
        forms.add(encoded[4 if shift else 0:len(encoded) - 4])
    return sorted(form for form in forms if len(form) >= 8)
