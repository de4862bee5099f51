#!/usr/bin/env python3
"""What stands between a newcomer and a server that runs: what scripts/serve prints is true, and systemd takes the unit.

    deploy_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from running import free_port

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import not_run  # noqa: E402

SERVER = pathlib.Path(sys.argv[1]).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[2]


def ask(method, url, body=None, headers=()):
    _, _, authority, path = url.split("/", 3)
    connection = http.client.HTTPConnection(authority, timeout=30)
    connection.request(method, "/" + path, None if body is None else json.dumps(body), dict(headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


class Serve(unittest.TestCase):
    """The script in a place of its own, with a build that is made already."""

    def setUp(self):
        place = tempfile.TemporaryDirectory(prefix="scimkit-serve-")
        self.addCleanup(place.cleanup)
        self.place = pathlib.Path(place.name)
        (self.place / "scripts").mkdir()
        (self.place / "build/release/bin").mkdir(parents=True)
        shutil.copy(ROOT / "scripts/serve", self.place / "scripts/serve")
        (self.place / "scripts/build").write_text("#!/bin/sh\n")
        (self.place / "scripts/build").chmod(0o755)
        (self.place / "build/release/bin/scimkit-server").symlink_to(SERVER)

    def serve(self):
        """What it prints until the server listens, by the words in front."""
        own = dict(os.environ, SCIMKIT_LISTEN=f"127.0.0.1:{free_port()}", SCIMKIT_ADMIN_LISTEN=f"127.0.0.1:{free_port()}")
        process = subprocess.Popen([self.place / "scripts/serve"], env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end, process)
        said = {}
        for line in process.stdout:
            if line.startswith("listening on"):
                return process, said
            if found := re.match(r"^  (base URL|token|try|page|password|URL|key) +(.*)$", line):
                said.setdefault(found[1], []).append(found[2].strip())
        self.fail(process.stderr.read())

    @staticmethod
    def end(process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        process.stdout.close()
        process.stderr.close()

    def test_what_it_prints_is_true(self):
        process, said = self.serve()
        bearer = {"Authorization": "Bearer " + said["token"][0]}
        self.assertEqual(said["try"][0], f"curl -H 'Authorization: {bearer['Authorization']}' '{said['base URL'][0]}/Users'")
        self.assertEqual(ask("GET", said["base URL"][0] + "/Users", None, bearer)[0], 200)
        self.assertEqual(ask("GET", said["page"][0])[0], 200)
        password = said["password"][0].split()[0]
        self.assertIn("until you have chosen another", said["password"][0])
        status, text = ask("POST", said["page"][0] + "/api/login", {"secret": password}, {"Content-Type": "application/json"})
        self.assertEqual((status, json.loads(text)["hasToChoose"]), (200, True))
        made = subprocess.run(said["try"][1], shell=True, cwd=self.place, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((made.returncode, made.stdout), (0, "tenant acme\n"), made.stderr)
        for file in ("token", "admin-tokens", "admin-password"):
            self.assertEqual((self.place / "data" / file).stat().st_mode & 0o077, 0, file)
        self.assertNotIn(said["key"][0], (self.place / "data/admin-tokens").read_text())

        self.end(process)
        _, again = self.serve()
        self.assertEqual(again["token"], said["token"])
        self.assertNotEqual(again["key"], said["key"])
        self.assertEqual(ask("GET", again["URL"][0] + "/Tenants", None, {"Authorization": "Bearer " + again["key"][0]})[0], 200)
        self.assertEqual(ask("GET", again["URL"][0] + "/Tenants", None, {"Authorization": "Bearer " + said["key"][0]})[0], 401)


class Unit(unittest.TestCase):
    def test_systemd_takes_it_as_it_is(self):
        program = shutil.which("systemd-analyze")
        if program is None:
            not_run.tell("systemd-analyze verify of the unit", "it is not installed")
            self.skipTest("not installed")
        text = (ROOT / "samples/server/deploy/scimkit-server.service").read_text(encoding="utf-8")
        self.assertIn("/usr/bin/scimkit-server", text)
        with tempfile.TemporaryDirectory(prefix="scimkit-unit-") as folder:
            unit = pathlib.Path(folder) / "scimkit-server.service"
            unit.write_text(text.replace("/usr/bin/scimkit-server", str(SERVER)), encoding="utf-8")
            done = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=120, check=False)
        said = [line for line in (done.stdout + done.stderr).splitlines() if "scimkit-server" in line]
        self.assertEqual((done.returncode, said), (0, []), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
