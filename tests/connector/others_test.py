"""The connector against servers that nobody here wrote, each where its registry can be reached:

  scim2-server (Python), SCIMMY on Express (JavaScript), elimity-com/scim (Go), SCIM-SDK (Java)

in the versions that tests/connector/others names. A server that cannot be had is said aloud, and not checked. What was
installed is kept in SCIMKIT_OTHERS, so that only the first run takes long.
"""
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import unittest

from support import *

HERE = pathlib.Path(__file__).resolve().parent / "others"
KEPT = pathlib.Path(os.environ["SCIMKIT_OTHERS"])


def not_checked(name, reason):
    line = f"NOT CHECKED: {name}: {reason}"
    print(line, file=sys.stderr, flush=True)
    raise unittest.SkipTest(line)


def install(name, tool, *commands, made, source=None):
    """Copies `source` and runs the commands in the folder of that name, unless the same were run before; the folder."""
    folder = KEPT / name
    wanted = hashlib.sha256(repr(commands).encode())
    for file in sorted(source.iterdir()) if source else []:
        wanted.update(file.read_bytes())
    stamp = folder / "installed-of"
    if (folder / made).exists() and stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return folder
    if not shutil.which(tool):
        not_checked(name, f"{tool} is not installed")
    shutil.rmtree(folder, ignore_errors=True)
    if source:
        shutil.copytree(source, folder)
    else:
        folder.mkdir(parents=True)
    for command in commands:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            shutil.rmtree(folder, ignore_errors=True)
            not_checked(name, f"{command[0]} took too long; can its registry be reached?")
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            not_checked(name, "it cannot be installed: " + (done.stderr or done.stdout).strip()[-300:].replace("\n", " "))
    stamp.write_text(wanted.hexdigest())
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Other(SampleServer):
    """A server of others; it has the same hands as ours."""

    def __init__(self, command, port, root, folder):
        self.process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{port}{root}"
        for _ in range(1_500):  # on a busy machine Python takes its time
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    return
            time.sleep(0.1)
        self.process.kill()
        self.process.wait(20)
        raise AssertionError(f"{command[0]} does not listen; it ended with {self.process.returncode}")

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class Story:
    """test, discover, import, sync after changes, report, push; the same for each server."""

    def start(self):
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.other = self.start()
        self.addCleanup(self.other.stop)

    def test_the_whole_story(self):
        other = self.other
        ids = [other.user(f"user{i}", name={"givenName": f"G{i}", "familyName": "F"},
                          emails=[{"value": f"user{i}@example.com", "type": "work"}]) for i in range(25)]
        other.group("team", *ids[:3])
        self.configure(c=(other.url, "page-size = 10"), mine=(self.serve().url, "authoritative = true\nwrite = true"))

        self.assertEqual(self.say("test", "c")["users"], 25)
        found = self.say("discover", "c")
        self.assertIn("User", found["types"])
        self.assertIn("userName", found["types"]["User"]["attributes"])
        self.assertEqual(self.say("discover", "c")["changes"], [])
        taken = self.say("import", "c")
        self.assertEqual((taken["types"]["User"]["created"], taken["types"]["Group"]["created"]), (25, 1))
        print(type(self).__name__, "deviates:", [each["name"] for each in taken["deviations"]], file=sys.stderr)
        self.assertEqual(self.say("import", "c")["types"]["User"]["unchanged"], 25)

        time.sleep(1.1)  # some keep their times in seconds
        other.user("late")
        other.patch("/Users/" + ids[0], {"op": "replace", "path": "active", "value": False})
        other.call("DELETE", "/Users/" + ids[24])
        counts = self.say("sync", "c")["types"]["User"]
        self.assertEqual((counts["created"], counts["deactivated"], counts["removed"], counts["errors"]), (1, 1, 1, 0))
        again = self.say("sync", "c")["types"]["User"]
        self.assertEqual((again["created"], again["changed"], again["removed"]), (0, 0, 0))

        self.say("push", "c", "mine", "--apply")
        self.assertEqual(self.say("push", "c", "mine")["actions"], [])
        self.say("import", "mine")
        said = self.say("report")
        self.assertEqual(said["users"], {"c": 25, "mine": 24})
        self.assertEqual([account["id"] for account in said["inactiveMembers"]], [ids[0]])

    def test_it_is_written_to(self):
        mine = self.serve()
        people = [mine.user(f"person{i}", name={"givenName": "P", "familyName": str(i)}) for i in range(5)]
        team = mine.group("crew", *people[:2])
        self.configure(mine=mine.url, c=(self.other.url, "write = true"))
        self.say("import", "mine")
        self.assertEqual(self.say("push", "mine", "c", "--apply")["succeeded"], 6)
        self.assertEqual(self.say("push", "mine", "c", "--apply")["actions"], [])
        mine.patch("/Users/" + people[0], {"op": "replace", "path": "displayName", "value": "New"})
        mine.call("DELETE", "/Users/" + people[1])
        mine.patch("/Groups/" + team, {"op": "add", "path": "members", "value": [{"value": people[2]}]})
        self.say("sync", "mine")
        said = self.say("push", "mine", "c", "--apply")
        self.assertEqual((said["errors"], said["summary"]), ([], {"deactivate user": 1, "update group": 1, "update user": 1}))
        self.assertEqual(self.say("push", "mine", "c")["actions"], [])
        everyone = {user["userName"]: user for user in self.other.call("GET", "/Users?count=100")["Resources"]}
        self.assertEqual(everyone["person0"]["displayName"], "New")
        self.assertFalse(everyone["person1"]["active"])
        crew = self.other.call("GET", "/Groups?count=100")["Resources"][0]
        self.assertEqual({member["value"] for member in crew["members"]},
                         {everyone["person0"]["id"], everyone["person2"]["id"]})


class Scim2Server(Story, ConnectorTest):
    def start(self):
        folder = install("scim2-server", "python3", ["python3", "-m", "venv", "venv"],
                         ["venv/bin/pip", "install", "-q", "--no-deps", "-r", "requirements.txt"],
                         made="venv/bin/scim2-server", source=HERE / "scim2-server")
        port = free_port()
        return Other(["venv/bin/scim2-server", "--bearer-token", TOKEN, "--port", port], port, "", folder)


class Scimmy(Story, ConnectorTest):
    def start(self):
        folder = install("scimmy", "npm", ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"],
                         made="node_modules/scimmy-routers/package.json", source=HERE / "scimmy")
        port = free_port()
        return Other(["node", "server.mjs", port, TOKEN], port, "/scim", folder)


class ScimSdk(Story, ConnectorTest):
    def start(self):
        if not shutil.which("javac"):
            not_checked("scim-sdk", "javac is not installed")
        folder = install("scim-sdk", "mvn", ["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime",
                                             "-DoutputDirectory=lib"], ["javac", "-cp", "lib/*", "Server.java"],
                         made="Server.class", source=HERE / "scim-sdk")
        port = free_port()
        return Other(["java", "-cp", "lib/*:.", "Server", port, TOKEN], port, "/scim/v2", folder)


class Elimity(Story, ConnectorTest):
    def start(self):
        folder = install("elimity", "go", ["go", "build", "-o", "server", "."], made="server", source=HERE / "elimity")
        port = free_port()
        return Other(["./server", port, TOKEN], port, "", folder)


if __name__ == "__main__":
    KEPT.mkdir(parents=True, exist_ok=True)
    unittest.main()
