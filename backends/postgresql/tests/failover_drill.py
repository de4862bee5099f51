#!/usr/bin/env python3
"""Failover drill: two PostgreSQL clusters, the second a synchronous standby; a server writes to the first, which is killed
under load; the standby is promoted. The server has to go on by itself within seconds of the promotion, every acknowledged write has
to be there, and none twice.

    failover_drill.py PATH_OF_SCIMKIT_SERVER

Exit code 77: PostgreSQL is not installed.
"""
import glob
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

WRITERS = 6
BEFORE_KILL = 3.0  # seconds of load
AFTER_PROMOTION = 3.0
MOST_SECONDS_TO_RESUME = 5.0  # 0.01 were measured; connections that were lost are made anew every half second
PATIENCE = 30.0  # to tell a late server from one that never goes on
TOKEN = "token-of-the-drill-0123456789"


def binaries():
    given = os.environ.get("SCIMKIT_POSTGRESQL_BIN")
    found = [given] if given else sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not found or not os.path.exists(os.path.join(found[-1], "initdb")):
        print("\n*** SKIPPED: PostgreSQL is not installed (scripts/install-packages test) ***\n", file=sys.stderr)
        sys.exit(77)
    return found[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cluster:
    """One server over one directory. fsync is on: what it acknowledges has to be on its disk."""

    def __init__(self, bin_dir, base, name, user):
        self.bin, self.directory, self.user = bin_dir, os.path.join(base, name), user
        self.port, self.log, self.process = free_port(), os.path.join(base, name + ".log"), None

    def as_user(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def run(self, *command):
        with open(self.log, "ab") as log:
            subprocess.run([os.path.join(self.bin, command[0]), *command[1:]], check=True, stdout=log, stderr=log,
                           timeout=120, cwd="/", **self.as_user())

    def configure(self, lines):
        with open(os.path.join(self.directory, "postgresql.auto.conf"), "a", encoding="ascii") as file:
            file.write("\n".join(["", f"port = {self.port}", "listen_addresses = '127.0.0.1'",
                                  f"unix_socket_directories = '{os.path.dirname(self.directory)}'", *lines, ""]))

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([os.path.join(self.bin, "postgres"), "-D", self.directory], stdout=log,
                                            stderr=log, cwd="/", **self.as_user())
        self.wait_until("select 1")

    def query(self, sql):
        done = subprocess.run([os.path.join(self.bin, "psql"), "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.port), "-U", "drill",
                               "-d", "postgres", "-c", sql], capture_output=True, text=True, timeout=30)
        return done.stdout.strip() if done.returncode == 0 else None

    def wait_until(self, sql, wanted=None):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            answer = self.query(sql)
            if answer is not None and (wanted is None or answer == wanted):
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self.directory} does not come to '{sql}': see {self.log}")

    def kill(self):
        """As a crash: SIGKILL to the server and to every process of it."""
        if self.process is None or self.process.poll() is not None:
            return
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True).stdout
        self.process.kill()
        for child in children.split():
            try:
                os.kill(int(child), signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()


def make_pair(bin_dir, base, user):
    primary, standby = (Cluster(bin_dir, base, name, user) for name in ("primary", "standby"))
    primary.run("initdb", "-D", primary.directory, "-U", "drill", "-A", "trust", "-E", "UTF8", "--locale=C")
    primary.configure(["wal_level = replica", "max_wal_senders = 4", "synchronous_commit = on", "max_connections = 60"])
    with open(os.path.join(primary.directory, "pg_hba.conf"), "a", encoding="ascii") as file:
        file.write("host replication all 127.0.0.1/32 trust\n")
    primary.start()
    standby.run("pg_basebackup", "-D", standby.directory, "-h", "127.0.0.1", "-p", str(primary.port), "-U", "drill", "-X", "stream")
    standby.configure([f"primary_conninfo = 'host=127.0.0.1 port={primary.port} user=drill application_name=standby'"])
    open(os.path.join(standby.directory, "standby.signal"), "w", encoding="ascii").close()
    if user:
        os.chown(os.path.join(standby.directory, "standby.signal"), user.pw_uid, user.pw_gid)
    standby.start()
    primary.query("alter system set synchronous_standby_names = 'standby'")
    primary.query("select pg_reload_conf()")
    primary.wait_until("select sync_state from pg_stat_replication", "sync")
    return primary, standby


class Client:
    def __init__(self, port):
        self.port, self.connection = port, None

    def send(self, method, target, body=None):
        """Status and answer; None: nothing came back."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            self.connection.request(method, "/scim/v2" + target, json.dumps(body) if body is not None else None,
                                    {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/scim+json"})
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        except (OSError, http.client.HTTPException):
            self.connection = None
            return None, None


class Writer(threading.Thread):
    """Creates users one by one, and adds each to its group; remembers what was acknowledged."""

    def __init__(self, number, port, stopping):
        super().__init__(daemon=True)
        self.number, self.client, self.stopping = number, Client(port), stopping
        self.created, self.members, self.conflicts, self.unknown, self.times = {}, [], [], [], []
        self.wrong = []  # answers that are none to a database that is away
        _, group = self.client.send("POST", "/Groups", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": f"group {number}"})
        self.group = group["id"]

    def run(self):
        count = 0
        while not self.stopping.is_set():
            count += 1
            name = f"user-{self.number}-{count}"
            status, answer = self.client.send("POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name})
            if status == 409:
                self.conflicts.append(name)  # its own write, done twice
            elif status not in (201, 503, None):
                self.wrong.append(f"POST {name}: {status} {answer}")
            if status != 201:
                self.unknown.append(name)
                time.sleep(0.05)
                continue
            self.created[name] = answer["id"]
            self.times.append(time.monotonic())
            patch = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                     "Operations": [{"op": "add", "path": "members", "value": [{"value": answer["id"]}]}]}
            status, refusal = self.client.send("PATCH", f"/Groups/{self.group}?excludedAttributes=members", patch)
            if status in (200, 204):
                self.members.append(answer["id"])
            elif status not in (503, None):
                self.wrong.append(f"PATCH of group {self.number}: {status} {refusal}")


def check(writers, client, problems):
    for writer in writers:
        if writer.is_alive():
            problems.append(f"writer {writer.number} still waits for an answer")
        problems.extend(writer.wrong)
        problems.extend(f"{name} was refused as a duplicate: it was written twice" for name in writer.conflicts)
        for name, known in writer.created.items():
            _, found = client.send("GET", f"/Users?filter=userName%20eq%20%22{name}%22")
            if not found or found.get("totalResults") != 1 or found["Resources"][0]["id"] != known:
                problems.append(f"{name} was acknowledged and is not there once: {found}")
        for name in writer.unknown:
            _, found = client.send("GET", f"/Users?filter=userName%20eq%20%22{name}%22")
            if not found or found.get("totalResults") not in (0, 1):
                problems.append(f"{name} is there more than once: {found}")
        _, group = client.send("GET", f"/Groups/{writer.group}")
        values = [member["value"] for member in (group or {}).get("members", [])]
        missing = set(writer.members) - set(values)
        if missing or len(values) != len(set(values)):
            problems.append(f"group {writer.number}: {len(missing)} acknowledged members are missing")


def check_refused(server_path, standby, problems):
    """Who names nothing but a standby is told so."""
    looked = subprocess.run([server_path, "check", "--store", f"postgresql:host=127.0.0.1 port={standby.port} user=drill dbname=postgres"],
                            capture_output=True, text=True, timeout=60, check=False)
    if looked.returncode == 0 or "is a standby" not in looked.stderr + looked.stdout:
        problems.append(f"a store on a standby: {looked.stdout[-500:]} {looked.stderr[-500:]}")


def drill(server_path, base, bin_dir, user):
    primary, standby = make_pair(bin_dir, base, user)
    problems = []
    port, server = free_port(), None
    stopping = threading.Event()
    try:
        check_refused(server_path, standby, problems)
        conninfo = (f"host=127.0.0.1,127.0.0.1 port={primary.port},{standby.port} user=drill dbname=postgres "
                    "target_session_attrs=read-write connect_timeout=2")
        log = open(os.path.join(base, "server.log"), "wb")
        server = subprocess.Popen([server_path, "--listen", f"127.0.0.1:{port}", "--store", "postgresql:" + conninfo, "--token", TOKEN],
                                  stdout=log, stderr=log)
        client = Client(port)
        end = time.monotonic() + 30
        while client.send("GET", "/Users?count=0")[0] != 200:
            if time.monotonic() > end or server.poll() is not None:
                raise RuntimeError("the server does not start: " + open(log.name, encoding="utf-8").read())
            time.sleep(0.05)
        writers = [Writer(number, port, stopping) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(BEFORE_KILL)
        killed = time.monotonic()
        primary.kill()
        time.sleep(0.5)
        standby.run("pg_ctl", "promote", "-D", standby.directory, "-w")
        promoted = time.monotonic()
        while not any(writer.times and writer.times[-1] > promoted for writer in writers):
            if time.monotonic() > promoted + PATIENCE:
                raise RuntimeError("no write succeeds after the promotion: " + open(log.name, encoding="utf-8").read()[-2000:])
            time.sleep(0.02)
        resumed = min(time_ for writer in writers for time_ in writer.times if time_ > promoted)
        if resumed - promoted > MOST_SECONDS_TO_RESUME:
            problems.append(f"writes go on {resumed - promoted:.1f} s after the promotion; {MOST_SECONDS_TO_RESUME:.0f} s are allowed")
        time.sleep(AFTER_PROMOTION)
        stopping.set()
        for writer in writers:
            writer.join(90)
        check(writers, client, problems)
        looked = subprocess.run([server_path, "check", "--store", "postgresql:" + conninfo], capture_output=True, text=True,
                                timeout=120, check=False)
        if looked.returncode != 0 or "all is well" not in looked.stdout:
            problems.append(f"check of the promoted standby: {looked.stdout[-1000:]} {looked.stderr[-1000:]}")
        before = sum(1 for writer in writers for time_ in writer.times if time_ < killed)
        after = sum(1 for writer in writers for time_ in writer.times if time_ > promoted)
        print(f"acknowledged users: {before} before the kill, {after} after the promotion; "
              f"{sum(len(w.unknown) for w in writers)} refused or unanswered; "
              f"writes again {resumed - promoted:.2f} s after the promotion, {resumed - killed:.2f} s after the kill "
              f"({MOST_SECONDS_TO_RESUME:.0f} s after the promotion are allowed)")
        if before == 0:
            problems.append("nothing was written before the kill")
        return problems
    finally:
        stopping.set()
        if server is not None:
            server.terminate()
            server.wait(30)
        primary.kill()
        standby.kill()


def unprivileged_user():
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return next(pwd.getpwnam(name) for name in ("postgres", "nobody") if name in {entry.pw_name for entry in pwd.getpwall()})


def main():
    bin_dir, user = binaries(), unprivileged_user()
    base = tempfile.mkdtemp(prefix="scimkit-failover-")
    if user:
        os.chown(base, user.pw_uid, user.pw_gid)
    try:
        problems = drill(sys.argv[1], base, bin_dir, user)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    for problem in problems[:20]:
        print("FAILED:", problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
