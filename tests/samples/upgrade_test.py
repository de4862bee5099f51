#!/usr/bin/env python3
"""The recipes of docs/operations.md for an upgrade, on the directory of a former build (tests/data/formats), with what
the administration keeps.

    upgrade_test.py PATH_OF_SCIMKIT_SERVER [FEATURE ...]
"""
import json
import pathlib
import sys
import tarfile
import tempfile
import unittest

import former
from running import USER

SERVER = sys.argv[1]
KEPT = sorted(each for each in (pathlib.Path(__file__).resolve().parent.parent / "data" / "formats").iterdir() if each.is_dir())


class Upgraded(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="scimkit-former-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def unpack(self, kept, name="db"):
        target = self.folder / name
        target.mkdir(mode=0o700)
        with tarfile.open(kept / "db.tar.xz") as archive:
            for member in archive:
                file = target / member.name
                file.parent.mkdir(mode=0o700, exist_ok=True)
                file.write_bytes(archive.extractfile(member).read())
                file.chmod(0o600)
        return target

    def serve(self, directory):
        server = former.start(SERVER, directory)
        self.addCleanup(server.directory.cleanup)
        self.addCleanup(server.stop)
        return server

    def has_all(self, server, kept):
        """Gives the key that opens the fixture."""
        said = json.loads((kept / "answers.json").read_text(encoding="utf-8"))
        self.assertEqual(former.answers(server, said["key"]), said["answers"])
        audit = server.administer("GET", "/AuditRecords?count=0")
        self.assertEqual(audit.status, 200, audit.text)
        self.assertGreater(audit.json()["totalResults"], 300)
        return said["key"]

    def check(self, server, directory):
        for more in ((), ("--administration",)):
            self.assertIn("all is well", server.run("check", *more, "--store", f"lmdb:{directory}"))

    def test_a_new_build_goes_on_with_the_directory_of_a_former_one(self):
        for kept in KEPT:
            with self.subTest(format=kept.name):
                directory = self.unpack(kept, kept.name)
                server = self.serve(directory)
                key = self.has_all(server, kept)
                made = server.send("POST", "/scim/v2/Users", {"schemas": [USER], "userName": "new"}, key)
                self.assertEqual(made.status, 201, made.text)
                issued = server.tenant("acme")
                self.assertEqual(server.send("GET", "/acme/scim/v2/Users", None, issued).status, 200)
                server.stop()
                self.check(server, directory)
                server.start()
                self.assertEqual(server.send("GET", "/acme/scim/v2/Users", None, issued).status, 200)

    def test_the_backup_that_was_made_before_brings_all_back(self):
        for kept in KEPT:
            with self.subTest(format=kept.name):
                backup = self.unpack(kept, kept.name + "-backup")
                before = {file: file.read_bytes() for file in sorted(backup.rglob("data.mdb"))}
                directory = self.unpack(kept, kept.name + "-upgraded")
                server = self.serve(directory)
                key = self.has_all(server, kept)
                gone = server.send("GET", "/scim/v2/Users?count=1", None, key).json()["Resources"][0]["id"]
                self.assertEqual(server.send("DELETE", "/scim/v2/Users/" + gone, None, key).status, 204)
                server.stop()
                for file in sorted(directory.rglob("*"), reverse=True):
                    file.unlink() if file.is_file() else file.rmdir()
                directory.rmdir()
                server.run("restore", "--store", f"lmdb:{directory}", str(backup))
                self.assertEqual({file: file.read_bytes() for file in sorted(backup.rglob("data.mdb"))}, before)
                self.assertEqual(len(before), 2)
                server.start()
                self.has_all(server, kept)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
