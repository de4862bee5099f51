#!/usr/bin/env python3
"""What docs/operations.md tells an operator to do, done: export, import, backup of a running server, restore, check and
copies, with a backup and an import that are killed in the middle.

    operator_test.py PATH_OF_SCIMKIT_SERVER DOCS

Every command line of the documents that names one of these commands is run here: those that are not are listed, and fail.
With PostgreSQL installed, copies go there and back too.
"""
import fcntl
import glob
import http.client
import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SERVER, DOCS = sys.argv[1], pathlib.Path(sys.argv[2])
TOKEN = "token-of-the-operator-test"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
COMMANDS = ("export", "import", "backup", "restore", "check", "copy")
ran = set()  # the shapes of the commands that were run: "backup", "import --mapping", ...


def shape(arguments):
    command = next((word for word in arguments if word in COMMANDS), None)
    flags = sorted(word for word in arguments if word in ("--mapping", "--dry-run", "--rebuild", "--tenant", "--new-versions",
                                                           "--new-ids", "--progress", "--type", "--administration"))
    stores = [word.split(":")[0] for word in arguments if word.startswith(("lmdb:", "postgresql:"))]
    return " ".join([command, *flags, *(stores if command == "copy" else [])])


def run(*arguments, expect=0):
    ran.add(shape(arguments))
    done = subprocess.run([SERVER, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == expect, (arguments, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    if expect:
        assert done.stdout or done.stderr.startswith("scimkit-server: "), (arguments, done.stderr)
    return done.stdout + done.stderr


def run_plain(*arguments):
    return subprocess.run([SERVER, *arguments], capture_output=True, text=True, timeout=60, check=True).stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    def __init__(self, store, *more):
        self.port = free_port()
        self.process = subprocess.Popen([SERVER, "--listen", f"127.0.0.1:{self.port}", "--store", store, "--token", TOKEN,
                                         "--log-level", "error", *more], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening on"), line

    def __enter__(self):
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=20) == 0
        self.process.stdout.close()

    def send(self, method, target, body=None):
        self.connection.request(method, "/scim/v2" + target, json.dumps(body) if body is not None else None,
                                {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"})
        response = self.connection.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else None


def users(count, first=0):
    return "".join(json.dumps({"schemas": [USER], "id": f"u{i:06}", "userName": f"User{i}", "emails": [{"value": f"u{i}@example.com"}]})
                   + "\n" for i in range(first, first + count))


def kill_when(process, condition):
    """SIGKILL as soon as the condition holds; False: it ended before."""
    while process.poll() is None:
        if condition():
            process.kill()
            process.wait()
            return True
    return False


def test_import(base):
    store = f"lmdb:{base}/db"
    text = users(3000) + json.dumps({"schemas": [GROUP], "id": "g", "displayName": "all",
                                     "members": [{"value": f"u{i:06}"} for i in range(2000)]}) + "\n"
    (base / "users.jsonl").write_text(text + '{"userName":"user1"}\n{"userName":\n')
    answer = run("import", str(base / "users.jsonl"), "--store", store, "--dry-run", expect=1)
    assert "2 refused" in answer or "1 refused" in answer, answer
    assert not (base / "users.jsonl.progress").exists()

    process = subprocess.Popen([SERVER, "import", str(base / "users.jsonl"), "--store", store], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    progress = base / "users.jsonl.progress"
    killed = kill_when(process, lambda: progress.exists() and '"created":0' not in progress.read_text())
    answer = run("import", str(base / "users.jsonl"), "--store", store, expect=1)
    assert "line 3002: 409 uniqueness" in answer and "line 3003: 400 invalidSyntax" in answer, answer
    counts = json.loads(progress.read_text())
    assert counts["created"] + counts["there"] == 3001 and counts["refused"] == 2, (killed, counts)
    assert "checked 3001 resources, 2000 members" in run("check", "--store", store)
    print(f"import: {'killed and gone on' if killed else 'too fast to be killed'}: {counts}")

    (base / "people.csv").write_text("Login,Mail,Dept\nada,ada@example.com,Math\nbob,,\nada,,\n")
    (base / "people.json").write_text(json.dumps({"columns": {"Login": "userName", "Mail": 'emails[type eq "work"].value'},
                                                  "constants": {"active": "true"}}))
    answer = run("import", str(base / "people.csv"), "--mapping", str(base / "people.json"), "--store", store, expect=1)
    assert "line 4: 409 uniqueness" in answer and "2 created, 1 refused" in answer, answer


def damage(file):
    """The user's record, and the change that tells of it; in keys the name stands in small letters."""
    data = bytearray(file.read_bytes())
    places = [found.start() for found in re.finditer(rb"User77[^0-9]", data)]
    assert places
    for where in places:
        data[where] ^= 1
    file.write_bytes(data)


def test_backup(base):
    store = f"lmdb:{base}/db"
    with Running(store) as server:
        assert "in use" in run("export", "--store", store, str(base / "never.jsonl"), expect=1)
        run("backup", "--store", store, str(base / "backup"))
        status, _ = server.send("POST", "/Users", {"schemas": [USER], "userName": "later"})
        assert status == 201
        run("backup", "--store", store, str(base / "backup"), expect=1)  # it is there
        # Killed in the middle: there is nothing that could be taken for a backup, and the next one is whole.
        process = subprocess.Popen([SERVER, "backup", "--store", store, str(base / "killed")], stdout=subprocess.DEVNULL)
        killed = kill_when(process, lambda: (base / "killed.partial").exists())
        assert not killed or not (base / "killed").exists()
        shutil.rmtree(base / "killed", ignore_errors=True)
        status, _ = server.send("POST", "/Users", {"schemas": [USER], "userName": "later still"})
        assert status == 201
        run("backup", "--store", store, str(base / "killed"))
        assert not (base / "killed.partial").exists()
        # While another one makes it, nobody takes what is there for a left-over.
        (base / "twice.partial").mkdir()
        with open(base / "twice.partial" / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert "under way" in run("backup", "--store", store, str(base / "twice"), expect=1)
            assert (base / "twice.partial" / "lock").exists() and not (base / "twice").exists()
        run("backup", "--store", store, str(base / "twice"))
        assert not (base / "twice.partial").exists()
        several = [subprocess.Popen([SERVER, "backup", "--store", store, str(base / "several")], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL) for _ in range(4)]
        assert sorted(process.wait(timeout=120) for process in several) == [0, 1, 1, 1]
        run("restore", "--store", f"lmdb:{base}/restored-of-several", str(base / "several"))
        print(f"backup: {'killed in the middle' if killed else 'too fast to be killed'}")

    run("export", "--store", store, str(base / "now.jsonl"))
    run("restore", "--store", f"lmdb:{base}/restored", str(base / "backup"))
    run("restore", "--store", f"lmdb:{base}/restored", str(base / "backup"), expect=1)  # there is a database
    run("export", "--store", f"lmdb:{base}/restored", str(base / "then.jsonl"))
    now, then = ({line for line in (base / name).read_text().splitlines()} for name in ("now.jsonl", "then.jsonl"))
    assert then < now and sum("later" in line for line in now - then) == 2 and len(now - then) == 2
    assert os.stat(base / "now.jsonl").st_mode & 0o077 == 0, "an export has secrets in it"
    run("export", "--store", store, str(base / "now.jsonl"), expect=1)

    # A database that was lost, its note still there.
    os.unlink(base / "restored/data.mdb")
    run("check", "--store", f"lmdb:{base}/restored", expect=1)
    run("restore", "--store", f"lmdb:{base}/restored", str(base / "killed"))
    assert "all is well" in run("check", "--store", f"lmdb:{base}/restored")

    # A damaged backup is refused, and nothing is restored.
    shutil.copytree(base / "backup", base / "damaged")
    damage(base / "damaged/data.mdb")
    answer = run("restore", "--store", f"lmdb:{base}/never", str(base / "damaged"), expect=1)
    assert "damaged" in answer and not (base / "never/data.mdb").exists(), answer
    run("restore", "--store", f"lmdb:{base}/never", str(base / "nothing"), expect=1)


class Administered(Running):
    """With an administration, and calls of it and of a tenant."""

    def __init__(self, base, store):
        self.keys, self.admin_port = base / "admins", free_port()
        self.keys.write_text("key-of-the-administrator root\n")
        self.keys.chmod(0o600)
        super().__init__(store, "--admin", f"127.0.0.1:{self.admin_port}", "--admin-token-file", str(self.keys))

    def call(self, port, path, key, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET" if body is None else "POST", path, None if body is None else json.dumps(body),
                           {"Authorization": f"Bearer {key}", "Content-Type": "application/scim+json"})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text)

    def administer(self, path, body=None):
        return self.call(self.admin_port, "/admin/scim/v2" + path, "key-of-the-administrator", body)

    def audited(self, resource):
        """The records of it, as soon as there is one: they are written a moment after the answer."""
        for _ in range(200):
            found = self.administer("/AuditRecords?count=100")[1]["Resources"]
            if of_it := [each["id"] for each in found if resource in json.dumps(each)]:
                return of_it
            time.sleep(0.05)
        raise AssertionError(f"no audit record of {resource}")


def expect_administration(base, store, key, user, audit):
    """The tenant, its key and the record of who made its user are there, and in effect."""
    with Administered(base, store) as server:
        assert [each["name"] for each in server.administer("/Tenants")[1]["Resources"]] == ["acme"]
        status, found = server.call(server.port, f"/acme/scim/v2/Users/{user}", key)
        assert status == 200 and found["userName"] == "ada", (status, found)
        assert set(audit) <= {each["id"] for each in server.administer("/AuditRecords?count=100")[1]["Resources"]}


def test_administration(base):
    """Tenants, keys and audit records are in a database of their own: a backup has them too."""
    store, admin = f"lmdb:{base}/administered", "urn:scimkit:params:scim:schemas:admin:1.0:"
    key = run_plain("--new-token").strip()
    with Administered(base, store) as server:
        assert server.administer("/Tenants", {"schemas": [admin + "Tenant"], "name": "acme"})[0] == 201
        assert server.administer("/Tokens", {"schemas": [admin + "Token"], "name": "okta", "tenant": "acme", "key": key,
                                             "scopes": ["scim"]})[0] == 201
        status, made = server.call(server.port, "/acme/scim/v2/Users", key, {"schemas": [USER], "userName": "ada"})
        assert status == 201, made
        audit = server.audited(made["id"])
        used = "0" * 64 + " 4102444800\n"  # an assertion of a client
        (base / "administered/assertions").write_text(used)
        assert "with its administration" in run("backup", "--store", store, str(base / "whole"))
    assert (base / "whole/assertions").read_text() == used and os.stat(base / "whole/assertions").st_mode & 0o077 == 0

    run("restore", "--store", f"lmdb:{base}/whole-again", str(base / "whole"))
    assert (base / "whole-again/assertions").read_text() == used
    expect_administration(base, f"lmdb:{base}/whole-again", key, made["id"], audit)
    run("restore", "--store", f"lmdb:{base}/whole-again", str(base / "whole"), expect=1)  # all of it is there
    os.unlink(base / "whole-again/data.mdb")
    answer = run("restore", "--store", f"lmdb:{base}/whole-again", str(base / "whole"), expect=1)
    assert "admin/data.mdb is there already" in answer, answer

    # Either one damaged, and nothing is restored of the other.
    for which in ("data.mdb", "admin/data.mdb"):
        shutil.rmtree(base / "half", ignore_errors=True)
        shutil.copytree(base / "whole", base / "half")
        data = bytearray((base / "half" / which).read_bytes())
        data[: 2 * 4096] = b"\xff" * (2 * 4096)  # both of LMDB's pages that lead to all others
        (base / "half" / which).write_bytes(data)
        run("restore", "--store", f"lmdb:{base}/not-at-all", str(base / "half"), expect=1)
        assert not list(base.glob("not-at-all/**/data.mdb")), which

    # The way for every store.
    run("export", "--administration", "--store", store, str(base / "administration.jsonl"))
    run("export", "--store", store, str(base / "resources.jsonl"))
    run("restore", "--store", f"lmdb:{base}/by-export", str(base / "resources.jsonl"))
    run("restore", "--administration", "--store", f"lmdb:{base}/by-export", str(base / "administration.jsonl"))
    assert "all is well" in run("check", "--administration", "--store", f"lmdb:{base}/by-export")
    expect_administration(base, f"lmdb:{base}/by-export", key, made["id"], audit)
    run("copy", store, f"lmdb:{base}/by-copy")
    run("copy", "--administration", store, f"lmdb:{base}/by-copy")
    expect_administration(base, f"lmdb:{base}/by-copy", key, made["id"], audit)
    print("the administration: backed up, exported and copied")


def test_check(base):
    assert "all is well" in run("check", "--store", f"lmdb:{base}/db")
    shutil.copytree(base / "db", base / "broken")
    damage(base / "broken/data.mdb")
    answer = run("check", "--store", f"lmdb:{base}/broken", expect=1)
    assert "the record of User 'u000077'" in answer and "is damaged" in answer, answer
    run("check", "--rebuild", "--store", f"lmdb:{base}/broken", expect=1)  # a damaged record stays one
    run("check", "--rebuild", "--store", f"lmdb:{base}/db")
    print("check: " + answer.splitlines()[-1])


def test_copy(base):
    run("copy", f"lmdb:{base}/db", f"lmdb:{base}/copied")
    run("export", "--store", f"lmdb:{base}/copied", str(base / "copied.jsonl"))
    assert (base / "copied.jsonl").read_text() == (base / "now.jsonl").read_text()
    run("restore", "--store", f"lmdb:{base}/from-export", str(base / "now.jsonl"))
    run("export", "--store", f"lmdb:{base}/from-export", "--tenant", "default", str(base / "again.jsonl"))
    assert (base / "again.jsonl").read_text() == (base / "now.jsonl").read_text()
    assert "all is well" in run("check", "--store", f"lmdb:{base}/from-export")
    run("copy", f"lmdb:{base}/db", f"lmdb:{base}/db", expect=1)


def postgresql_binaries():
    given = os.environ.get("SCIMKIT_POSTGRESQL_BIN")
    found = [given] if given else sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    return found[-1] if found and os.path.exists(os.path.join(found[-1], "initdb")) else None


def test_postgresql(base):
    binaries = postgresql_binaries()
    if binaries is None or "postgresql" not in subprocess.run([SERVER, "--store", "?", "--token", TOKEN], capture_output=True,
                                                              text=True).stderr:
        print("*** no copies to PostgreSQL: it is not installed, or not built in ***", file=sys.stderr)
        return
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    cluster, port = base / "cluster", free_port()
    cluster.mkdir()
    if user:
        os.chmod(base, 0o755)
        os.chown(cluster, user.pw_uid, user.pw_gid)
    subprocess.run([f"{binaries}/initdb", "-D", f"{cluster}/data", "-U", "scim", "-A", "trust", "-E", "UTF8", "--locale=C"],
                   check=True, stdout=subprocess.DEVNULL, cwd="/", timeout=120, **as_user)
    with open(base / "cluster.log", "wb") as log:
        server = subprocess.Popen([f"{binaries}/postgres", "-D", f"{cluster}/data", "-p", str(port), "-c", "listen_addresses=127.0.0.1",
                                   "-c", f"unix_socket_directories={cluster}"], stdout=log, stderr=log, cwd="/", **as_user)
    try:
        store = f"postgresql:host=127.0.0.1 port={port} user=scim dbname=postgres"
        for _ in range(300):
            if subprocess.run([f"{binaries}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], timeout=30).returncode == 0:
                break
            time.sleep(0.1)
        run("copy", f"lmdb:{base}/db", store)
        assert "all is well" in run("check", "--store", store)
        run("export", "--store", store, str(base / "postgresql.jsonl"))
        assert (base / "postgresql.jsonl").read_text() == (base / "now.jsonl").read_text()
        run("copy", store, f"lmdb:{base}/back")
        run("export", "--store", f"lmdb:{base}/back", str(base / "back.jsonl"))
        assert (base / "back.jsonl").read_text() == (base / "now.jsonl").read_text()
        run("backup", "--store", store, str(base / "no"), expect=1)
        with Running(store) as running:
            status, body = running.send("GET", "/Groups/g")
            assert status == 200 and len(body["members"]) == 2000
        print("copies to PostgreSQL and back: the same")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


def test_documents():
    """Shown is what was run."""
    shown = set()
    for page in DOCS.glob("*.md"):
        joined = page.read_text(encoding="utf-8").replace("\\\n", " ")
        for line in re.findall(r"^    scimkit-server (.*)$", joined, re.M):
            words = line.split("#")[0].replace('"', "").split()
            if any(word in COMMANDS for word in words):
                shown.add(shape(words))
    missing = shown - ran
    if postgresql_binaries() is None:
        missing = {one for one in missing if "postgresql" not in one}
    assert shown, "the documents show no command"
    assert not missing, f"shown in the documents, and not run here: {sorted(missing)}"


with tempfile.TemporaryDirectory(prefix="scimkit-operator-") as directory:
    base_directory = pathlib.Path(directory)
    for test in (test_import, test_backup, test_administration, test_check, test_copy, test_postgresql):
        test(base_directory)
test_documents()
print("every command shown in the documents was run")
