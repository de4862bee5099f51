"""The servers of a run: scimkit-server, those of other languages, and two that answer the same bytes whatever is asked."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

import process
import seed
from figures import NotMeasured

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "connector"))
import other_servers  # noqa: E402

TOKEN = "token-of-the-benchmark"
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json", "Accept": "application/scim+json"}
LONGEST_FILLING = 60  # seconds, of a peer with users; one that is slower has fewer of them


class Server:
    """One that runs. `ids`, `names` and `group` are what it was filled with."""

    def __init__(self, name, started, url):
        self.name, self.process, self.url = name, started, url
        parts = urllib.parse.urlsplit(url)
        self.port, self.root, self.local = parts.port, parts.path.rstrip("/"), threading.local()
        self.ids, self.names, self.group = [], [], ""

    def call(self, method, path, body=None, token=TOKEN):
        headers, text = {**HEADERS, "Authorization": f"Bearer {token}"}, json.dumps(body) if body is not None else None
        try:
            answer, data = self.exchange(method, self.root + path, text, headers)
        except (ConnectionError, http.client.HTTPException):  # some close connections that were idle for seconds
            del self.local.connection
            answer, data = self.exchange(method, self.root + path, text, headers)
        if answer.status >= 300:
            raise RuntimeError(f"{self.name}: {method} {path}: {answer.status} {data[:200]}")
        return data

    def exchange(self, method, target, text, headers):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self.local.connection.request(method, target, text, headers)
        answer = self.local.connection.getresponse()
        return answer, answer.read()

    def fill(self, users, user=seed.user):
        """By POST, as every server can be filled."""
        begun = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for first in range(0, users, 500):
                self.ids += pool.map(lambda number: json.loads(self.call("POST", "/Users", user(number)))["id"],
                                     range(first, min(first + 500, users)))
                if time.monotonic() - begun > LONGEST_FILLING:
                    break
        self.names = [seed.user_name(number) for number in range(len(self.ids))]
        self.group = json.loads(self.call("POST", "/Groups", seed.group(0, self.ids[:seed.LARGE])))["id"]

    def know(self, users):
        """It was filled by an import of what seed.py writes."""
        self.ids = [seed.user_id(number) for number in range(users)]
        self.names = [seed.user_name(number) for number in range(users)]
        self.group = seed.group_id(0)

    def check(self):
        found = json.loads(self.call("GET", f"/Users?filter=userName%20eq%20%22{self.names[7]}%22"))
        page = json.loads(self.call("GET", "/Users?count=100"))
        if found["totalResults"] != 1 or len(page["Resources"]) != min(100, len(self.ids)):
            raise NotMeasured(f"{self.name} answers something else than it was asked for")

    def stop(self):
        process.end(self.process)


def import_file(binary, store, file, *arguments):
    """Seconds that it took."""
    pathlib.Path(f"{file}.progress").unlink(missing_ok=True)
    begun = time.monotonic()
    done = subprocess.run([binary, "import", file, "--store", store, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"import into {store}: {(done.stderr or done.stdout)[-300:]}")
    return time.monotonic() - begun


def start_scimkit(binary, store, *arguments, name="scimkit-server", token=TOKEN):
    access = ["--token", token] if token else []
    started = subprocess.Popen([binary, "--listen", f"127.0.0.1:{other_servers.free_port()}", "--store", store, *access,
                                "--log-level", "warning", *arguments], stdout=subprocess.PIPE, text=True)
    line = started.stdout.readline()
    if not line.startswith("listening on"):
        raise RuntimeError(f"scimkit-server did not start: {line!r}")
    return Server(name, started, line.split()[-1])


def filled_scimkit(binary, work, users):
    """On LMDB, with users and groups."""
    database, file = work / "database", work / "users.jsonl"
    shutil.rmtree(database, ignore_errors=True)
    seed.write(file, users)
    took = import_file(binary, f"lmdb:{database}", file)
    print(f"scimkit-server: {users:,} users imported in {took:.1f} s", file=sys.stderr, flush=True)
    server = start_scimkit(binary, f"lmdb:{database}")
    server.know(users)
    server.check()
    return server


def start_peers(work, users, wanted, user=seed.user, places=lambda name: {}):
    """Those that can be had; the others are named. `places` gives one that is durable where it keeps what it is given."""
    servers = []
    for name in wanted:
        try:
            server = Server(name, *other_servers.start(name, work / "peers", TOKEN, **places(name)))
            servers.append(server)
            begun = time.monotonic()
            server.fill(users, user)
            server.check()
            print(f"{name}: {len(server.ids):,} users in {time.monotonic() - begun:.1f} s", file=sys.stderr, flush=True)
        except (other_servers.NotToBeHad, NotMeasured, AssertionError, RuntimeError, OSError) as reason:
            print(f"NOT MEASURED: {name}: {reason}", file=sys.stderr, flush=True)
            if servers and servers[-1].name == name:
                servers.pop().stop()
    return servers


def start_bare(binary, work, body):
    """The bare Beast server with these bytes."""
    file, port = work / "body", other_servers.free_port()
    file.write_bytes(body)
    started = subprocess.Popen([binary, port, file])
    process.wait_for(started, port)
    return Server("bare Beast server", started, f"http://127.0.0.1:{port}")


def start_nginx(work, body):
    """With these bytes in its configuration, and so in its memory."""
    binary = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not binary:
        raise NotMeasured("nginx is not installed (scripts/install-packages test)")
    port, folder = other_servers.free_port(), work / "nginx"
    folder.mkdir(exist_ok=True)
    quoted = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "${dollar}")
    if len(quoted) > 4_000:
        raise NotMeasured("nginx cannot have so many bytes in its configuration")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} worker_processes auto; pid {folder}/pid; error_log {folder}/error;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {folder}; proxy_temp_path {folder};\n"
        f"fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};\n"
        'geo $dollar { default "$"; }\n'
        f"server {{ listen 127.0.0.1:{port}; default_type application/scim+json;\nlocation / {{ return 200 '{quoted}'; }} }} }}\n",
        encoding="utf-8")
    started = subprocess.Popen([binary, "-c", folder / "nginx.conf", "-e", folder / "error"], stderr=subprocess.DEVNULL)
    process.wait_for(started, port)
    return Server("nginx", started, f"http://127.0.0.1:{port}")
