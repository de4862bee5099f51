"""scimkit-check: against our own server, where every row it looks at must hold, and against servers that do not."""
import html
import itertools
import json
import os
import pathlib
import re
import subprocess
import unittest

from support import *

CHECK = os.environ["SCIMKIT_CHECK"]
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SOURCES = pathlib.Path(__file__).resolve().parents[2]


class CheckTest(ConnectorTest):
    def check(self, url, *arguments, token=TOKEN):
        return subprocess.run([CHECK, url, *arguments], env={**os.environ, "SCIM_TOKEN": token}, cwd=self.folder,
                              capture_output=True, text=True, timeout=200)


class Check(CheckTest):
    def test_what_our_own_server_tolerates_is_all_that_fails(self):
        said = json.loads(self.check(self.serve().url, "--write", "--json").stdout)
        # An unknown URI in `schemas`, and a value path that matches nothing, are taken by default (docs/tolerance.md).
        self.assertEqual([row["id"] for row in said["rows"] if row["verdict"] == "fails"], ["7644-3.3-r", "7644-3.5.2.3-k"])

    def test_every_row_holds_at_our_own_server_and_nothing_is_left(self):
        key = self.folder / "cursor-key"
        key.write_text("5" * 64)
        key.chmod(0o600)
        server = self.serve("--strict", "--me", "userName", "--cursor-key-file", str(key))
        before = server.user("token")  # who calls, by the name of the token's subject
        done = self.check(server.url, "--write", "--json")
        said = json.loads(done.stdout)
        self.assertEqual([row for row in said["rows"] if row["verdict"] == "fails"], [])
        self.assertEqual(done.returncode, 0)
        self.assertGreater(said["holds"], 150)
        self.assertEqual(said["left"], [])
        # Bulk and /Me are there, so nothing is said of servers that refuse them; nor does /Me lead elsewhere.
        self.assertEqual({row["id"] for row in said["rows"] if row["verdict"] == "skipped"},
                         {"7644-3.7-a", "7644-3.11-a", "7644-3.11-b"})
        self.assertEqual([user["id"] for user in server.call("GET", "/Users")["Resources"]], [before])
        self.assertNotIn(TOKEN, done.stdout)

    def test_what_a_server_does_not_have_is_skipped_and_what_it_denies_wrongly_fails(self):
        def rows(server, *arguments):
            said = json.loads(self.check(server.url, "--json", *arguments).stdout)
            return {row["id"]: row["verdict"] for row in said["rows"]}

        without = rows(self.misbehave(lambda path, _: page(users(1, 3), 2) if path == "/Users" else not_found()), "--write")
        for row in ("7644-3.11-d", "7644-3.4.2.1-c", "7644-3.7-c", "9865-2-b"):
            self.assertEqual(without[row], "skipped", row)
        self.assertEqual(without["7644-3.7-a"], "fails")  # 404 where 501 is meant

        def careless(path, query):
            """Announces everything, and answers whatever is asked with the same list."""
            if path == "/ServiceProviderConfig":
                return 200, {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
                             "bulk": {"supported": True}, "filter": {"supported": True}, "pagination": {"cursor": True}}, {}
            return page(users(1, 3), 2, nextCursor="a b", itemsPerPage=7, previousCursor="x")

        found = rows(self.misbehave(careless), "--write")
        for row in ("7644-3.4.2.1-f", "7644-3.7-b", "7644-3.7-c", "7644-3.7-g", "7644-3.7-o", "7644-3.7-t",
                    "7644-3.7-x", "7644-3.7.2-a", "7644-3.7.4-a", "9865-2-a", "9865-2-c", "9865-2-d", "9865-2-f", "9865-2-j",
                    "9865-2-l", "9865-2-p", "9865-2-w", "9865-2.1-b", "9865-2.1-e", "9865-4-d", "7644-3.11-d", "7644-3.11-e",
                    "7644-3.11-h"):
            self.assertEqual(found[row], "fails", row)

    def test_where_no_user_can_be_made_nobody_else_is_changed(self):
        def script(path, _):
            if server.methods[-1] != "GET":
                return 403, {"schemas": [ERROR], "status": "403"}, {}
            if path == "/ServiceProviderConfig":
                return 200, {"patch": {"supported": True}, "etag": {"supported": True}, "filter": {"supported": True}}, {}
            return page(users(1, 3), 2) if path == "/Users" else not_found()

        server = self.misbehave(script)
        self.check(server.url, "--write")
        changed = {path for method, path in zip(server.methods, server.requests) if method not in ("GET", "POST")}
        self.assertGreater(len(changed), 0)
        self.assertEqual({path for path in changed if path != "/scim/Users/scimkit-check-no-such-id"}, set())

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

    def test_a_terminal_is_told_how_far_it_is(self):
        server = self.misbehave(lambda path, _: page(users(1, 3), 2) if path == "/Users" else not_found())
        code, shown, output = self.on_terminal(CHECK, server.url)
        self.assertEqual(code, 1, output)
        told = [tuple(map(int, pair)) for pair in re.findall(rb"\r(\d+) of (\d+)", shown)]
        self.assertEqual(told, [(done, len(told)) for done in range(1, len(told) + 1)])
        self.assertGreater(len(told), 150)
        self.assertTrue(shown.endswith(b"\n"), shown)

    def test_all_forms_have_each_request_and_its_answer(self):
        def script(path, _):
            if server.methods[-1] == "POST":
                return 409, {"schemas": [ERROR], "status": "409", "detail": "taken <b>"}, {}
            return page(users(1, 3), 2) if path == "/Users" else not_found()

        server = self.misbehave(script)
        said = json.loads(self.check(server.url, "--write", "--json", "--html", "page.html").stdout)
        rows = {row["id"]: row for row in said["rows"]}
        read = rows["7643-5-e"]["asked"][0]
        self.assertEqual((read["method"], read["target"], read["body"], read["status"]), ("GET", "/ServiceProviderConfig", "", 404))
        self.assertEqual(read["answer"], "404 " + json.dumps(not_found()[1], separators=(",", ":")))
        made = rows["7644-3.3-a"]["asked"][0]
        self.assertEqual((made["method"], made["target"], made["status"]), ("POST", "/Users", 409))
        sent = json.loads(made["body"])
        self.assertIn(sent, server.bodies)
        self.assertTrue(sent["userName"].startswith("scimkit-check-"), sent)
        self.assertIn('"detail":"taken <b>"', made["answer"])
        shown = (self.folder / "page.html").read_text()
        for each in (read, made):
            self.assertIn("<pre>" + "\n".join((html.escape(f"{each['method']} {each['target']}"), html.escape(each["body"]), "",
                                               html.escape(each["answer"]))) + "</pre>", shown)

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
        for table in ("rfc7643.tsv", "rfc7644.tsv", "newer-rfcs.tsv"):
            for line in (SOURCES / "tests/data/requirements" / table).read_text().splitlines():
                known.add(line.split("\t")[0])
        named = [found for file in (SOURCES / "samples/check").glob("*_checks.cpp")
                 for found in re.findall(r'\{"((?:764[34]|9865)-[^"]+)"', file.read_text())]
        self.assertEqual(set(named) - known, set())
        self.assertEqual(len(named), len(set(named)))
        self.assertIn(f"{len(named)} rows are looked at", (SOURCES / "docs/check.md").read_text(encoding="utf-8"))


class Forgetful:
    """A server that takes whoever is sent, and says in ever other ways, or not at all, what became of it."""

    def __init__(self, filters="kept", list_after=True, removal=204):
        self.filters, self.list_after, self.removal = filters, list_after, removal
        self.there = {"/Users": {"1": {"schemas": [USER], "id": "1", "userName": "somebody"}}, "/Groups": {}}
        self.made = 0
        self.ways = itertools.cycle(("number", "text", "location", "html", "lost", "bare", "twice"))
        self.entries = itertools.cycle(("number", "response", "bare", "none"))

    def make(self, endpoint, body):
        self.made += 1
        self.there[endpoint][str(self.made + 1)] = {**body, "id": self.made + 1}
        return self.made + 1

    def create(self, endpoint, body, url):
        if not isinstance(body, dict) or not isinstance(body.get("userName"), str):
            return 400, {"schemas": [ERROR], "status": "400"}, {}
        made, way = self.make(endpoint, body), next(self.ways)
        if way == "lost":
            return None
        if way in ("number", "text"):
            return 201, {**body, "id": made if way == "number" else str(made)}, {}
        if way == "twice":  # 200, and says who
            return 200, {**body, "id": made}, {}
        return 201, b"<p>made</p>" if way == "html" else b"", {"Location": f"{url}{endpoint}/{made}"} if way == "location" else {}

    def job(self, body, url):
        if not isinstance(body.get("Operations"), list) or "schemas" not in body:
            return 400, {"schemas": [ERROR], "status": "400"}, {}
        entries = []
        for each in body["Operations"]:
            data = each.get("data")
            if each["method"] != "POST" or not data:
                entries.append({"status": "404", "bulkId": each.get("bulkId", "")})
                continue
            endpoint = "/Users" if "userName" in data else "/Groups"
            made, way = self.make(endpoint, data), next(self.entries)
            said = {"number": {"status": 201, "location": f"{url}{endpoint}/{made}"}, "bare": {"status": "201"},
                    "response": {"status": "201", "response": {"id": made}}}
            if way != "none":
                entries.append({"bulkId": each.get("bulkId", ""), **said[way]})
        return 200, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"], "Operations": entries}, {}

    def find(self, endpoint, query):
        if self.made and not self.list_after:
            return 403, {"schemas": [ERROR], "status": "403"}, {}
        found = list(self.there[endpoint].values())
        wanted = re.fullmatch(r'(\w+) sw "(.*)"', query.get("filter", ""))
        if self.filters == "kept" and wanted:
            found = [each for each in found if each.get(wanted[1], "").lower().startswith(wanted[2])]
        elif self.filters == "kept" and "filter" in query:
            return 400, {"schemas": [ERROR], "status": "400", "scimType": "invalidFilter"}, {}
        elif self.filters == "nobody" and "filter" in query:
            found = []
        start, count = int(query.get("startIndex", 1)) - 1, min(int(query.get("count", 20)), 20)
        return page(found[start:start + count], len(found), startIndex=start + 1)

    def __call__(self, server, path, query):
        method, body = server.methods[-1], server.bodies[-1]
        if path == "/ServiceProviderConfig":
            return 200, {"bulk": {"supported": True, "maxOperations": 9, "maxPayloadSize": 9999}, "filter": {"supported": True}}, {}
        if path == "/Bulk":
            return self.job(body, server.url)
        endpoint, _, one = path[1:].partition("/")
        endpoint = "/" + endpoint
        if endpoint not in self.there or method in ("PUT", "PATCH"):
            return not_found()
        if not one:
            return self.find(endpoint, query) if method == "GET" else self.create(endpoint, body, server.url)
        if one not in self.there[endpoint]:
            return not_found()
        if method == "GET":
            return 200, self.there[endpoint][one], {}
        if self.removal == 204:
            del self.there[endpoint][one]
        return abs(self.removal), b"", {}


class Leavings(CheckTest):
    """What a check made goes again, however its server says what it made; what does not is named."""

    def leave(self, **how):
        store = Forgetful(**how)
        server = self.misbehave(lambda path, query: store(server, path, query))
        said = json.loads(self.check(server.url, "--write", "--json", "--html", "page.html").stdout)
        self.assertGreater(store.made, 20)
        self.assertIn("1", store.there["/Users"])
        del store.there["/Users"]["1"]
        return store, said["left"]

    def test_nothing_is_left_at_a_server_that_does_not_say_what_it_made(self):
        for filters in ("kept", "ignored", "nobody"):
            store, left = self.leave(filters=filters)
            self.assertEqual((store.there, left), ({"/Users": {}, "/Groups": {}}, []), filters)

    def test_what_cannot_be_removed_is_named_each(self):
        for removal in (403, -204):  # refused, and said to be done
            store, left = self.leave(removal=removal)
            self.assertEqual(set(left), {f"{endpoint}/{one}" for endpoint in store.there for one in store.there[endpoint]})
            self.assertIn("left</b> behind: " + left[0], (self.folder / "page.html").read_text())

    def test_what_cannot_be_looked_for_is_named_by_its_name(self):
        store, left = self.leave(list_after=False)
        there = {f"{endpoint}: perhaps {one.get('userName', one.get('displayName'))}"
                 for endpoint in store.there for one in store.there[endpoint].values()}
        self.assertGreater(len(there), 5)
        self.assertEqual(there - set(left), set())
        self.assertEqual([each for each in left if "perhaps" not in each], [])


if __name__ == "__main__":
    unittest.main()
