"""scimkit-server as a child process, and a client of it."""
import http.client
import json
import socket
import signal
import subprocess
import time

TOKEN = "token-of-the-crash-rounds"
PREFIX = "/scim/v2"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def raw(self, method, target, body=None):
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        self.connection.request(method, PREFIX + target, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        return response.status, response.read()

    def send(self, method, target, body=None):
        status, answer = self.raw(method, target, body)
        return status, json.loads(answer) if answer else None


class Server:
    """`port` is None when it did not start; `said` is then what it wrote."""

    def __init__(self, program, directory, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.log = open(log, "w+")
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [program, "--listen", f"127.0.0.1:{port}", "--store", f"lmdb:{directory}", "--token", TOKEN,
             "--base-url", f"http://scim.example.com{PREFIX}", "--log-level", "error"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        started = self.process.stdout.readline().startswith("listening on")
        self.seconds = time.monotonic() - begin
        self.port = port if started else None
        if not started:
            self.process.wait()

    def said(self):
        self.log.flush()
        with open(self.log.name, errors="backslashreplace") as log:
            return log.read()

    def stop(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.log.close()
        return code
