"""scimkit-check: against our own server, where every row it looks at must hold, and against servers that do not."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from support import *

CHECK = os.environ["SCIMKIT_CHECK"]
SOURCES = pathlib.Path(__file__).resolve().parents[2]


class Check(ConnectorTest):
    def check(self, url, *arguments, token=TOKEN):
        return subprocess.run([CHECK, url, *arguments], env={**os.environ, "SCIM_TOKEN": token}, cwd=self.folder,
                              capture_output=True, text=True, timeout=200)

    def test_what_our_own_server_tolerates_is_all_that_fails(self):
        said = json.loads(self.check(self.serve().url, "--write", "--json").stdout)
        # An unknown URI in `schemas`, and a value path that matches nothing, are taken by default (docs/tolerance.md).
        self.assertEqual([row["id"] for row in said["rows"] if row["verdict"] == "fails"], ["7644-3.3-r", "7644-3.5.2.3-k"])

    def test_every_row_holds_at_our_own_server_and_nothing_is_left(self):
        server = self.serve("--strict")
        before = server.user("was-here")
        done = self.check(server.url, "--write", "--json")
        said = json.loads(done.stdout)
        self.assertEqual([row for row in said["rows"] if row["verdict"] == "fails"], [])
        self.assertEqual(done.returncode, 0)
        self.assertGreater(said["holds"], 105)
        self.assertEqual((said["skipped"], said["left"]), (0, []))
        self.assertEqual([user["id"] for user in server.call("GET", "/Users")["Resources"]], [before])
        self.assertNotIn(TOKEN, done.stdout)

    def test_without_leave_nothing_is_written(self):
        server = self.serve("--dry-run-header")
        done = self.check(server.url, "--json")
        said = json.loads(done.stdout)
        asked = [each for row in said["rows"] for each in row["asked"]]
        self.assertEqual({each["method"] for each in asked} - {"GET"} - {"POST"}, set())
        self.assertTrue(all(each["target"].endswith("/.search") for each in asked if each["method"] == "POST"))
        self.assertGreater(said["skipped"], 20)
        self.assertEqual(server.call("GET", "/Users")["totalResults"], 0)

    def test_what_fails_is_shown_with_request_and_answer(self):
        server = self.misbehave(lambda path, _: page(users(1, 3), 2) if path == "/Users" else not_found())
        done = self.check(server.url)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"fails  7643-5-e \(MUST\)  ")
        self.assertIn("> GET /ServiceProviderConfig", done.stdout)
        self.assertIn("< 404 {", done.stdout)

    def test_ids_and_names_of_a_server_reach_no_terminal_and_no_other_path(self):
        for odd in ("a b/../c?x#y", "\x1b]0;x\x07", "..", "%2e%2e", "\u009b31m", "x\r\nEvil: 1"):
            user = {**users(1, 2)[0], "id": odd, "userName": odd}
            server = self.misbehave(lambda path, _: page([user], 1) if path == "/Users" else (200, user, {}))
            done = self.check(server.url, "--verbose")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual([c for c in done.stdout + done.stderr if ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0], [])
            for target in server.requests:
                self.assertTrue(target.split("?")[0].count("/") <= 4 and target.startswith("/scim/"), target)

    def test_the_page_shows_what_a_server_said_as_text(self):
        evil = users(1, 2, displayName="<script>alert(1)</script>")
        server = self.misbehave(lambda path, _: page(evil, 1) if path == "/Users" else (200, evil[0], {}))
        self.check(server.url, "--html", "page.html", "--write")
        text = (self.folder / "page.html").read_text()
        self.assertIn("&lt;script&gt;", text)
        self.assertNotIn("<script>", text)

    def test_servers_that_answer_nonsense_are_survived(self):
        for answer in ((200, b"[" * 50_000, {}), (200, [1, None, "x"], {}), (201, {}, {}), (500, b"<html>", {"Content-Type": "text/html"}),
                       (200, {"Resources": [None, 7, {"id": 7}], "totalResults": -1, "schemas": {}}, {})):
            server = self.misbehave(lambda *_: answer)
            done = self.check(server.url, "--write", "--json")
            self.assertIn(done.returncode, (1, 4), done.stderr)

    def test_no_server_and_no_leave_are_told_apart(self):
        server = self.serve()
        self.assertEqual(self.check(server.url, token="wrong-token-of-the-tests").returncode, 5)
        self.assertEqual(self.check("http://scim.example.com").returncode, 2)
        self.assertEqual(self.check("nonsense").returncode, 2)
        gone = self.misbehave(lambda *_: not_found())
        gone.stop()
        self.assertEqual(self.check(gone.url).returncode, 4)

    def test_every_row_is_a_requirement(self):
        known = set()
        for table in ("rfc7643.tsv", "rfc7644.tsv"):
            for line in (SOURCES / "tests/data/requirements" / table).read_text().splitlines():
                known.add(line.split("\t")[0])
        named = [found for file in (SOURCES / "samples/check").glob("*_checks.cpp")
                 for found in re.findall(r'\{"(764[34]-[^"]+)"', file.read_text())]
        self.assertEqual(set(named) - known, set())
        self.assertEqual(len(named), len(set(named)))
        self.assertIn(f"{len(named)} rows are looked at", (SOURCES / "docs/check.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main()
