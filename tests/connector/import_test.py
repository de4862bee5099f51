"""import and sync: what they bring, and that a source which fails or lies leaves the local copy as it was."""
import json
import os
import subprocess
import time
import unittest
import urllib.parse

from support import *


def paged(count, faults=lambda start: None, size=10):
    """A source of `count` users, by index; `faults` may answer for a page."""

    def script(path, query):
        if path != "/Users":
            return not_found()
        start = int(query.get("startIndex", 1))
        return faults(start) or page(users(start, min(start + size, count + 1)), count, startIndex=start)

    return script


HR = "urn:example:hr:User"


def own_schemas(test, people):
    """A source that announces an extension, and attributes in the core schema, which nobody else has."""

    def attribute(name, kind="string", **more):
        return {"name": name, "type": kind, **more}

    def schema(urn, *attributes):
        return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": urn, "name": "of the test", "attributes": attributes}

    schemas = [schema(USER, attribute("userName", required=True, uniqueness="server"), attribute("active", "boolean"),
                      attribute("favouriteTea"), attribute("nickName"), attribute("title"),
                      attribute("name", "complex", subAttributes=[attribute("familyName"), attribute("house")]),
                      attribute("emails", "complex", multiValued=True, subAttributes=[attribute("value"), attribute("since")])),
               schema(HR, attribute("badge"), attribute("grade", "integer"))]
    types = [{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": "User", "name": "User", "endpoint": "/Users",
              "schema": USER, "schemaExtensions": [{"schema": HR, "required": False}]}]

    def script(path, query):
        found = {"/Users": people(), "/Schemas": schemas, "/ResourceTypes": types}.get(path)
        return page(found, len(found)) if found else not_found()

    return test.misbehave(script)


class Import(ConnectorTest):
    def counts(self, command="import", *more, kind="User", code=0):
        return self.say(command, "c", *more, code=code)["types"][kind]

    def test_users_groups_and_extensions_are_taken(self):
        server = self.serve()
        ada = server.user("ada", **{ENTERPRISE: {"department": "7", "employeeNumber": "1"}})
        server.user("bob")
        server.group("all", ada)
        self.configure(c=server.url)
        dry = self.say("import", "c", "--dry-run")
        self.assertEqual((dry["types"]["User"]["created"], dry["types"]["Group"]["created"]), (2, 1))
        said = self.say("import", "c")
        self.assertEqual((said["types"]["User"]["created"], said["types"]["Group"]["created"]), (2, 1))
        self.assertEqual(said["types"]["User"]["joiners"], 2)
        self.assertEqual(said["deviations"], [])
        again = self.say("import", "c")
        self.assertEqual((again["types"]["User"]["unchanged"], again["types"]["Group"]["unchanged"]), (2, 1))

    def test_what_is_gone_is_removed(self):
        server = self.serve()
        ada = server.user("ada")
        server.user("bob")
        self.configure(c=server.url)
        self.say("import", "c")
        server.call("DELETE", "/Users/" + ada)
        counts = self.counts()
        self.assertEqual((counts["removed"], counts["unchanged"], counts["leavers"]), (1, 1, 1))

    def test_a_mapping_renames_and_leaves_out(self):
        server = self.serve()
        server.user("ada", title="7", nickName="x", **{ENTERPRISE: {"costCenter": "9"}})
        (self.folder / "map.toml").write_text(
            f'[user]\n"title" = "{ENTERPRISE}:department"\n"nickName" = ""\n"{ENTERPRISE}:costCenter" = "name.familyName"\n')
        self.configure(c=(server.url, 'mapping = "map.toml"'), d=(server.url, "write = true"))
        self.say("import", "c")
        plan = self.say("push", "c", "d")
        operations = plan["actions"][0]["operations"]
        self.assertEqual({each["path"]: each["value"] for each in operations},
                         {f"{ENTERPRISE}:department": "7", "name": {"familyName": "9"}})
        (self.folder / "map.toml").write_text('[user]\n"a b" = "title"\n')
        self.assertEqual(self.run_connector("import", "c").returncode, 2)

    def test_what_the_copy_cannot_hold_is_named_and_counted(self):
        def people():
            more = {"favouriteTea": "oolong", "name": {"familyName": "F", "house": "H"}, HR: {"badge": "b", "grade": 7},
                    "emails": [{"value": "a@example.com", "since": "1999"}, {"value": "b@example.com", "since": "2000"}]}
            return users(1, 3, **more) + users(3, 4)

        self.configure(c=(own_schemas(self, people).url, ""))
        told = [{"type": "User", "attribute": name, "count": 2}
                for name in ("emails.since", "favouriteTea", "name.house", f"{HR}:badge", f"{HR}:grade")]
        for command in (["import", "c", "--dry-run"], ["import", "c"], ["sync", "c"]):
            said = self.say(*command)
            self.assertEqual(said["leftOut"], told, command)
            self.assertNotIn("attribute-unknown", [each["name"] for each in said["deviations"]])
        self.assertEqual(self.say("report")["history"]["c"][0]["leftOut"], told)
        self.assertIn(f"left out: {HR}:badge of 2 Users", self.run_connector("import", "c").stdout)

        (self.folder / "map.toml").write_text(f'[user]\n"{HR}:badge" = "title"\n"favouriteTea" = "nickName"\n'
                                              f'"{HR}:grade" = ""\n"emails" = ""\n"name" = ""\n')
        self.configure(c=(own_schemas(self, people).url, 'mapping = "map.toml"'), d=(self.serve().url, "write = true"))
        self.assertEqual(self.say("import", "c")["leftOut"], [])
        created = self.say("push", "c", "d")["actions"]
        self.assertEqual(len(created), 3)
        self.assertEqual([(each.get("title"), each.get("nickName")) for each in
                          sorted((action["body"] for action in created), key=lambda each: each["userName"])],
                         [("b", "oolong"), ("b", "oolong"), (None, None)])

    def test_a_rule_whose_target_the_copy_does_not_have_is_refused(self):
        source = self.misbehave(paged(1))
        for to in ("displayNam", f"{HR}:badge", ENTERPRISE, f"{ENTERPRISE}:badge", "name.house", "groups", "id", "meta", "schemas",
                   f"{ENTERPRISE}:manager.displayName"):
            (self.folder / "map.toml").write_text(f'[user]\n"nickName" = "{to}"\n')
            self.configure(c=(source.url, 'mapping = "map.toml"'))
            said = self.say("import", "c", code=2)
            self.assertIn(f"'{to}' is no attribute that a User of the copy can have", said["detail"])
        (self.folder / "map.toml").write_text(f'[group]\n"nickName" = "userName"\n')
        self.assertIn("a Group of the copy", self.say("import", "c", code=2)["detail"])

    def test_a_source_without_discovery_and_without_groups_is_taken(self):
        source = self.misbehave(paged(25))
        self.configure(c=source.url)
        said = self.say("import", "c")
        self.assertEqual(said["types"]["User"]["created"], 25)
        names = [each["name"] for each in said["deviations"]]
        self.assertIn("no-schemas", names)

    def test_duplicates_of_a_broken_source_are_taken_as_they_are(self):
        twins = [{"schemas": [USER], "id": str(i), "userName": "same"} for i in range(2)]
        self.configure(c=self.misbehave(lambda path, _: page(twins, 2) if path == "/Users" else not_found()).url)
        self.assertEqual(self.counts()["created"], 2)


class Kept(ConnectorTest):
    """What is written down of what a source says."""

    def test_a_user_whose_id_cannot_be_kept_is_left_out_and_ends_no_sync(self):
        people = users(0, 2) + [{"schemas": [USER], "id": "a\0b", "userName": "odd"}]
        self.configure(c=self.misbehave(lambda path, _: page(people, 3) if path == "/Users" else page([], 0)).url)
        self.assertEqual(self.run_connector("import", "c").returncode, 0)
        for _ in range(2):
            done = self.run_connector("sync", "c", "--removals")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_no_secret_of_a_source_is_written_down_and_nothing_is_left_lying_about(self):
        def people(start, end):
            return [{**each, "password": "SERVERSECRET"} for each in users(start, end)]

        whole = []

        def script(path, query):
            if path != "/Users":
                return not_found()
            start = int(query.get("startIndex", 1))
            return page(people(start, start + 10), 20, startIndex=start) if whole or start == 1 else not_found()

        self.configure(c=self.misbehave(script).url)
        self.assertNotEqual(self.run_connector("import", "c").returncode, 0)
        spool = next(self.folder.rglob("spool.jsonl"))
        self.assertEqual(spool.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("SERVERSECRET", spool.read_text())
        whole.append(True)
        self.say("import", "c")
        self.assertFalse(spool.exists())
        for each in self.folder.rglob("*"):
            if each.is_file():
                self.assertNotIn(b"SERVERSECRET", each.read_bytes(), each)


class Crash(ConnectorTest):
    def test_a_copy_that_a_crash_left_open_is_looked_at_and_used(self):
        self.configure(c=self.misbehave(paged(25)).url)
        self.say("import", "c")
        mark = self.folder / "scimkit-connector-data/c/mirror.open"
        self.assertFalse(mark.exists())
        mark.write_text("open")
        self.assertEqual(self.say("import", "c")["types"]["User"]["unchanged"], 25)
        self.assertFalse(mark.exists())

    def test_a_copy_that_is_damaged_is_said_to_be(self):
        self.configure(c=self.misbehave(paged(25)).url)
        self.say("import", "c")
        folder = self.folder / "scimkit-connector-data/c"
        data = bytearray((folder / "mirror/data.mdb").read_bytes())
        data[8192:] = os.urandom(len(data) - 8192)
        (folder / "mirror/data.mdb").write_bytes(data)
        (folder / "mirror.open").write_text("open")
        self.assertIn("The local store", self.say("import", "c", code=2)["detail"])

    def test_a_killed_import_is_made_again(self):
        slow = self.misbehave(lambda path, query: (time.sleep(0.05), paged(400)(path, query))[1])
        self.configure(c=slow.url)
        for pages in (3, 12):
            before = len(slow.requests)
            running = subprocess.Popen([CONNECTOR, "--json", "import", "c"], cwd=self.folder, env=self.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            await_that(lambda: len(slow.requests) >= before + pages)
            running.kill()
            running.wait()
        said = self.say("import", "c")
        self.assertEqual(sum(said["types"]["User"][name] for name in ("created", "unchanged")), 400)
        self.assertEqual(self.say("report")["users"], {"c": 400})


class Faults(ConnectorTest):
    """Each fault: an exit code that says what it is, a sentence, and nothing half imported."""

    def fails(self, script, code, word, seconds=60):
        """A good import first; the fault must leave it, and be remembered."""
        state = {"faulty": False}

        def switching(path, query):
            return script(path, query) if state["faulty"] else paged(25)(path, query)

        source = self.misbehave(switching)
        self.configure(c=(source.url, f"attempts = 1\ntimeout = {seconds}"))
        self.say("import", "c")
        state["faulty"] = True
        said = self.say("import", "c", "--restart", code=code)
        self.assertIn(word, said["detail"] + " " + said["failure"])
        self.assertLess(len(source.requests), 100)
        state["faulty"] = False
        self.assertEqual(self.say("import", "c", "--restart")["types"]["User"]["unchanged"], 25)
        history = self.say("report")["history"]["c"]
        self.assertEqual([run["ok"] for run in history], [True, False, True])

    def at(self, start, answer, count=25):
        return paged(count, lambda at: answer if at == start else None)

    def test_500_in_the_middle(self):
        self.fails(self.at(11, (500, {}, {})), 1, "refused")

    def test_429_that_asks_for_too_much(self):
        self.fails(self.at(11, (429, {}, {"Retry-After": "9999"})), 1, "refused")

    def test_a_web_page_in_the_middle(self):
        self.fails(self.at(21, (200, b"<html>", {"Content-Type": "text/html"})), 6, "web page")

    def test_an_answer_that_is_cut_off(self):
        self.fails(self.at(11, b'HTTP/1.0 200 OK\r\nContent-Length: 5000\r\n\r\n{"schemas"'), 4, "cut-off")

    def test_an_answer_that_is_no_json(self):
        self.fails(self.at(11, (200, b'{"totalResults":', {})), 7, "malformed")

    def test_an_answer_that_does_not_come(self):
        def script(path, query):
            if int(query.get("startIndex", 1)) == 11:
                time.sleep(6)
            return paged(25)(path, query)

        self.fails(script, 4, "timed-out", seconds=4)

    def test_a_huge_answer(self):
        self.fails(self.at(11, (200, b"[" + b" " * (17 << 20) + b"]", {})), 7, "too-large")

    def test_a_deep_answer(self):
        self.fails(self.at(11, (200, b"[" * 100_000 + b"]" * 100_000, {})), 7, "malformed")

    def test_pages_that_repeat(self):
        self.fails(paged(1_000, lambda _: page(users(1, 11), 1_000)), 7, "same page")

    def test_a_total_that_is_too_large(self):
        self.fails(paged(25, lambda start: page(users(start, min(start + 10, 26)), 40)), 7, "announces 40")

    def test_a_total_that_is_too_small_hides_nobody(self):
        source = self.misbehave(paged(25, lambda start: page(users(start, min(start + 10, 26)), 12, startIndex=start)))
        self.configure(c=(source.url, "page-size = 10"))
        said = self.say("import", "c")
        self.assertEqual(said["types"]["User"]["created"], 25)
        self.assertIn("total-wrong", [each["name"] for each in said["deviations"]])

    def test_a_total_that_changes_is_named(self):
        source = self.misbehave(paged(25, lambda start: page(users(start, min(start + 10, 26)), 25 + start % 3, startIndex=start)))
        self.configure(c=(source.url, "page-size = 10"))
        said = self.run_connector("--json", "import", "c")
        self.assertIn(said.returncode, (0, 7), said.stderr)
        self.assertIn("announces" if said.returncode else "total-changed", said.stdout)

    def test_a_time_in_the_future_hides_no_change(self):
        everyone = users(1, 26)
        everyone[3]["meta"] = {**everyone[3]["meta"], "lastModified": "9999-01-01T00:00:00Z"}

        def script(path, query):
            since = query.get("filter", "").partition('"')[2].rstrip('"')[:10]
            found = [user for user in everyone if user["meta"]["lastModified"][:10] >= since]
            return page(found, len(found)) if path == "/Users" else not_found()

        self.configure(c=self.misbehave(script).url)
        self.say("import", "c")
        everyone[7] = {**everyone[7], "title": "Dr", "meta": {**everyone[7]["meta"], "lastModified": "2026-02-01T00:00:00Z"}}
        self.assertEqual(self.say("sync", "c")["types"]["User"]["changed"], 1)

    def test_what_a_terminal_would_obey_is_not_shown(self):
        evil = users(1, 3, userName="a\x1b]0;owned\x07b\u009b31mc", title="x")
        self.configure(c=self.misbehave(lambda path, _: page(evil, 2) if path == "/Users" else (404, {"detail": "\x1b[2J\u009b2J"}, {})).url)
        for command in (["test", "c"], ["import", "c"], ["report"], ["report", "--csv"], ["discover", "c"]):
            done = self.run_connector(*command)
            self.assertEqual(done.returncode, 0, done.stderr)
            said = (done.stdout + done.stderr).replace("\r\n", "\n")
            self.assertEqual([c for c in said if ord(c) < 0x20 and c != "\n" or 0x7F <= ord(c) < 0xA0], [], command)

    def test_an_empty_list_that_announces_many(self):
        self.fails(paged(25, lambda _: page([], 25)), 7, "announces 25")

    def test_a_cursor_that_comes_again(self):
        source = self.misbehave(lambda path, query: page(users(1, 11), 100, nextCursor="same") if path == "/Users" else not_found())
        self.configure(c=(source.url, 'paging = "cursor"'))
        self.assertEqual(self.say("import", "c", code=7)["failure"], "inconsistent")
        self.assertLess(len(source.requests), 10)

    def test_ids_that_cannot_be_kept_are_left_out_and_named(self):
        strange = users(1, 6)
        for user, odd in zip(strange, ("", "a\nb", ".", "..")):
            user["id"] = odd
        self.configure(c=self.misbehave(lambda path, _: page(strange, 5) if path == "/Users" else not_found()).url)
        said = self.say("import", "c")
        self.assertEqual(said["types"]["User"]["created"], 1)
        self.assertIn("id-missing", [each["name"] for each in said["deviations"]])

    def test_a_read_that_was_cut_off_goes_on(self):
        state = {"faulty": True}
        source = self.misbehave(paged(95, lambda start: (500, {}, {}) if state["faulty"] and start == 51 else None))
        self.configure(c=(source.url, "attempts = 1"))
        self.say("import", "c", code=1)
        self.assertEqual(self.say("report")["users"], {})
        state["faulty"] = False
        del source.requests[:]
        said = self.say("import", "c")
        self.assertTrue(said["resumed"])
        self.assertEqual(said["types"]["User"]["created"], 95)
        lists = [request for request in source.requests if "/Users?" in request]
        self.assertEqual(len(lists), 5)
        self.assertIn("startIndex=51", lists[0])


class Missing(ConnectorTest):
    """What a list does not have is gone only if the source says so when it is asked for it."""

    def source(self, asked):
        """25 users; once it is faulty u5 is in no list any more, and `asked` answers for it."""
        state = {"faulty": False}

        def script(path, query):
            if path.startswith("/Users/"):
                return asked()
            if path != "/Users":
                return not_found()
            there = [user for user in users(1, 26, **({"title": "Dr"} if state["faulty"] else {}))
                     if not state["faulty"] or user["id"] != "u5"]
            start = int(query.get("startIndex", 1))
            return page(there[start - 1:start + 9], len(there), startIndex=start)

        self.server = self.misbehave(script)
        self.configure(c=(self.server.url, "page-size = 10\nattempts = 1"))
        self.say("import", "c")
        state["faulty"] = True
        return state

    def test_who_is_there_all_the_same_is_kept_and_taken_as_he_is(self):
        for command in (["import", "c", "--dry-run"], ["import", "c"], ["sync", "c", "--removals"]):
            self.source(lambda: (200, {**users(5, 6)[0], "title": "Prof"}, {}))
            counts = self.say(*command)["types"]["User"]
            self.assertEqual((counts["removed"], counts["changed"]), (0, 25), command)
            self.assertEqual(self.say("report")["users"], {"c": 25})

    def test_who_is_not_there_or_not_for_us_is_removed(self):
        for status in (403, 404, 405, 410):
            self.source(lambda: (status, {}, {}))
            self.assertEqual(self.say("import", "c")["types"]["User"]["removed"], 1)

    def test_an_import_that_ended_while_it_asked_reads_no_list_again(self):
        answers = [(500, {}, {}), (404, {}, {})]
        self.source(lambda: answers.pop(0))
        self.say("import", "c", code=1)
        del self.server.requests[:]
        said = self.say("import", "c")
        self.assertTrue(said["resumed"])
        self.assertEqual((said["types"]["User"]["removed"], said["types"]["User"]["changed"]), (1, 24))
        self.assertEqual([request for request in self.server.requests if "/Users?" in request], [])

    def test_a_source_that_does_not_say_leaves_the_copy_as_it_was(self):
        for answer, code in (((500, {}, {}), 1), ((401, {}, {}), 5), ((429, {}, {"Retry-After": "9999"}), 1),
                             ((200, users(6, 7)[0], {}), 7), ((200, b"<html>", {"Content-Type": "text/html"}), 6), (b"HTTP/1.0 200 OK\r\n", 4)):
            for command in (["import", "c"], ["sync", "c", "--removals"]):
                state = self.source(lambda: answer)
                self.say(*command, code=code)
                state["faulty"] = False
                counts = self.say("import", "c", "--restart")["types"]["User"]
                self.assertEqual((counts["unchanged"], counts["changed"]), (25, 0), (answer, command))


class DeltaFaults(ConnectorTest):
    """Faults in the middle of a delta: nothing of it is taken over, and the next sync asks from the same place."""

    def fails(self, fault, code, word, seconds=60, delta=True):
        state = {"fault": None}

        def script(path, query):
            body = source.bodies[-1] or {}
            if path == "/ServiceProviderConfig":
                return 200, {"patch": {"supported": True}, "DeltaQuery": {"supported": True}}, {}
            if path.endswith("/.deltaToken"):
                return 200, {"value": "t1"}, {}
            if path == "/Groups/.delta":
                return delta_page([], nextDeltaToken={"value": "t2"})
            if path == "/Users/.delta" and body.get("cursor") == "second":
                return state["fault"]() if state["fault"] else delta_page(users(11, 21, title="Dr"), nextDeltaToken={"value": "t2"})
            if path == "/Users/.delta":
                return delta_page(users(1, 11, title="Dr"), nextCursor="second")
            return page([], 0) if path == "/Groups" else paged(25)(path, query)

        source = self.misbehave(script)
        self.configure(c=(source.url, f"attempts = 1\ntimeout = {seconds}"))
        self.say("import", "c")
        state["fault"] = fault
        said = self.say("sync", "c", code=code)
        if not delta:
            self.assertFalse(said["delta"])
            return
        self.assertIn(word, said["detail"] + " " + said["failure"])
        self.assertLess(len(source.requests), 40)
        self.assertEqual(self.say("report")["history"]["c"][-1]["ok"], False)
        state["fault"] = None
        del source.bodies[:]
        again = self.say("sync", "c")
        self.assertTrue(again["delta"])
        self.assertEqual((again["types"]["User"]["changed"], again["types"]["User"]["unchanged"]), (20, 0))
        self.assertEqual({body["deltaToken"] for body in source.bodies if body and "deltaToken" in body}, {"t1"})

    def test_an_answer_that_is_cut_off(self):
        self.fails(lambda: b'HTTP/1.0 200 OK\r\nContent-Length: 5000\r\n\r\n{"schemas"', 4, "cut-off")

    def test_an_answer_that_does_not_come(self):
        self.fails(lambda: time.sleep(6), 4, "timed-out", seconds=4)

    def test_429_500_and_503(self):
        self.fails(lambda: (429, {}, {"Retry-After": "9999"}), 1, "refused")
        self.fails(lambda: (500, {}, {}), 1, "refused")
        self.fails(lambda: (503, {}, {}), 1, "refused")

    def test_credentials_that_end_meanwhile(self):
        self.fails(lambda: (401, {}, {}), 5, "refused")

    def test_a_web_page_and_what_is_no_json(self):
        self.fails(lambda: (200, b"<html>", {"Content-Type": "text/html"}), 6, "web page")
        self.fails(lambda: (200, b'{"Resources":', {}), 7, "malformed")

    def test_huge_and_deep_answers(self):
        self.fails(lambda: (200, b"[" + b" " * (17 << 20) + b"]", {}), 7, "too-large")
        self.fails(lambda: (200, b"[" * 100_000 + b"]" * 100_000, {}), 7, "malformed")

    def test_a_cursor_that_comes_again_and_an_end_without_a_token(self):
        self.fails(lambda: delta_page(users(11, 21), nextCursor="second"), 7, "same cursor")
        self.fails(lambda: delta_page(users(11, 21)), 7, "nextDeltaToken")

    def test_changes_that_cannot_be_understood(self):
        for change in ({"changeType": "Moved", "changedResourceId": "u1"}, {"changeType": "Update", "changedResourceId": ""}, 7,
                       {"changeType": "Update", "changedResourceId": "u1", "data": {"id": "u2"}}):
            self.fails(lambda: (200, {"Resources": [change], "nextDeltaToken": {"value": "t2"}}, {}), 7, "malformed")

    def test_a_place_that_is_forgotten_in_the_middle_is_compared_instead(self):
        for status in (400, 404, 410, 501):
            self.fails(lambda: (status, {}, {}), 0, "", delta=False)


class TakenUp(ConnectorTest):
    """A read that was cut off, and what has changed until it is taken up."""

    def source(self, state):
        """45 users by cursor; cursors of another time are refused."""

        def script(path, query):
            if path != "/Users":
                return not_found()
            time_of, _, start = query.get("cursor", "").partition("-")
            if start and time_of != state["time"]:
                return state.get("refusal", (400, {"scimType": "expiredCursor"}, {}))
            start = int(start or 1)
            if start > 20 and state["cut"]:
                return 500, {}, {}
            more = {"nextCursor": f"{state['time']}-{start + 10}"} if start + 10 <= 45 else {}
            return page(users(start, min(start + 10, 46)), 45, **more)

        return self.misbehave(script)

    def test_a_cursor_that_has_expired_begins_the_read_anew(self):
        for refusal in ((400, {"scimType": "expiredCursor"}, {}), (404, {}, {}), (410, {}, {}), page(users(1, 11), 45, nextCursor="x-1")):
            state = {"time": "a", "cut": True, "refusal": refusal}
            source = self.source(state)
            self.configure(c=(source.url, 'paging = "cursor"\nattempts = 1'))
            self.say("import", "c", code=1)
            state.update(time="b", cut=False)
            said = self.say("import", "c")
            self.assertEqual(sum(said["types"]["User"][name] for name in ("created", "unchanged")), 45)
            self.assertFalse(said["resumed"])

    def test_a_place_that_is_still_known_is_gone_on_from(self):
        state = {"time": "a", "cut": True}
        source = self.source(state)
        self.configure(c=(source.url, 'paging = "cursor"\nattempts = 1'))
        self.say("import", "c", code=1)
        state["cut"] = False
        self.assertTrue(self.say("import", "c")["resumed"])

    def test_another_mapping_or_another_way_through_the_pages_begins_anew(self):
        state = {"time": "a", "cut": True}
        source = self.source(state)
        mapping = self.folder / "map.toml"
        mapping.write_text('[user]\n"nickName" = ""\n')
        settings = 'mapping = "map.toml"\nattempts = 1\npaging = '
        self.configure(c=(source.url, settings + '"cursor"'))
        self.say("import", "c", code=1)
        mapping.write_text('[user]\n"userName" = "nickName"\n')
        state["cut"] = False
        self.assertFalse(self.say("import", "c")["resumed"])


class Delta(ConnectorTest):
    """sync with a source that tells what has changed."""

    def source(self, *arguments):
        key = self.folder / "cursor-key"
        key.write_text("5" * 64)
        key.chmod(0o600)
        return self.serve("--delta-query", "--cursor-key-file", str(key), *arguments)

    def test_what_changed_is_told_by_the_source_and_nothing_else_is_read(self):
        server = self.source()
        ids = [server.user(f"user{i}", **{ENTERPRISE: {"department": "1"}}) for i in range(6)]
        group = server.group("all", *ids)
        self.configure(c=server.url)
        self.say("import", "c")
        server.user("new")
        server.patch("/Users/" + ids[0], {"op": "replace", "path": "active", "value": False})
        server.patch("/Users/" + ids[1], {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "2"})
        server.call("DELETE", "/Users/" + ids[3])
        server.patch("/Groups/" + group, {"op": "replace", "path": "displayName", "value": "most"})
        server.call("DELETE", "/Users/" + server.user("came and went"))
        expected = {"created": 1, "changed": 2, "deactivated": 1, "removed": 1, "errors": 0, "unchanged": 0}
        for dry in (["--dry-run"], []):
            said = self.say("sync", "c", *dry)
            self.assertTrue(said["delta"])
            self.assertEqual({name: said["types"]["User"][name] for name in expected}, expected)
            self.assertEqual(said["types"]["Group"]["changed"], 1)
        again = self.say("sync", "c")
        self.assertTrue(again["delta"])
        self.assertEqual(sum(again["types"]["User"][name] for name in expected), 0)
        self.assertEqual(self.say("sync", "c", "--removals")["types"]["User"]["removed"], 0)
        whole = self.say("import", "c")["types"]
        self.assertEqual((whole["User"]["unchanged"], whole["Group"]["unchanged"]), (6, 1))

    def test_a_source_that_has_forgotten_is_compared_as_any_other_and_remembers_from_then_on(self):
        server = self.source()
        server.user("ada")
        self.configure(c=server.url)
        self.say("import", "c")
        state = self.folder / "data" / "c" / "state.json"
        if not state.exists():
            state = next(self.folder.rglob("state.json"))
        written = json.loads(state.read_text())
        written["deltaTokens"]["User"] = "forgotten"
        state.write_text(json.dumps(written))
        server.user("bob")
        said = self.say("sync", "c")
        self.assertFalse(said["delta"])
        self.assertEqual(said["types"]["User"]["created"], 1)
        self.assertTrue(self.say("sync", "c")["delta"])


class Sync(ConnectorTest):
    def test_what_changed_is_found_and_named(self):
        server = self.serve()
        ids = [server.user(f"user{i}", **{ENTERPRISE: {"department": "1"}}) for i in range(6)]
        self.configure(c=server.url)
        self.say("import", "c")
        server.user("new")
        server.patch("/Users/" + ids[0], {"op": "replace", "path": "active", "value": False})
        server.patch("/Users/" + ids[1], {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "2"})
        server.patch("/Users/" + ids[2], {"op": "replace", "path": "nickName", "value": "x"})
        server.call("DELETE", "/Users/" + ids[3])
        dry = self.say("sync", "c", "--dry-run")["types"]["User"]
        said = self.say("sync", "c")["types"]["User"]
        for counts in (dry, said):
            self.assertEqual({name: counts[name] for name in ("created", "changed", "deactivated", "removed", "errors", "joiners",
                                                              "movers", "leavers")},
                             {"created": 1, "changed": 3, "deactivated": 1, "removed": 1, "errors": 0, "joiners": 1, "movers": 1,
                              "leavers": 2})
        again = self.say("sync", "c")["types"]["User"]
        self.assertEqual((again["created"], again["changed"], again["removed"]), (0, 0, 0))
        self.assertEqual([run["command"] for run in self.say("report")["history"]["c"]], ["import", "sync", "sync"])

    def test_it_costs_what_changed(self):
        everyone = users(1, 501)
        source_requests = []

        def script(path, query):
            if path != "/Users":
                return not_found()
            since = query.get("filter", "").partition('"')[2].rstrip('"')
            found = [user for user in everyone if user["meta"]["lastModified"].replace("Z", ".000Z") >= since]
            if since == "2026-01-01T00:00:00.000Z":
                found = [user for user in found if user["meta"]["lastModified"] > "2026-01-01T00:00:00Z"]
            start = int(query.get("startIndex", 1))
            count = int(query.get("count", 100))
            return page(found[start - 1:start - 1 + count], len(found), startIndex=start)

        source = self.misbehave(script)
        self.configure(c=source.url)
        self.say("import", "c")
        for user in everyone[:5]:
            user["meta"] = {**user["meta"], "lastModified": "2026-02-01T00:00:00Z"}
            user["title"] = "Dr"
        del source.requests[:]
        self.assertEqual(self.say("sync", "c")["types"]["User"]["changed"], 5)
        self.assertLess(len(source.requests), 10)

    def test_changes_come_by_cursor_too(self):
        there = {each["id"]: each for each in users(1, 46)}

        def script(path, query):
            if path.startswith("/Users/"):
                one = there.get(path[7:])
                return (200, one, {}) if one else not_found()
            if path != "/Users":
                return not_found()
            since = query.get("filter", "").partition('"')[2][:19]
            found = [each for each in there.values() if each["meta"]["lastModified"][:19] >= since]
            start = int(query.get("cursor") or 0)
            more = {"nextCursor": str(start + 10)} if start + 10 < len(found) else {}
            return page(found[start:start + 10], len(found), **more)

        def change(month, ids, **more):
            for one in ids:
                there[one] = {**there[one], **more, "meta": {"resourceType": "User", "lastModified": f"2026-{month}-01T00:00:00Z"}}

        source = self.misbehave(script)
        self.configure(c=(source.url, 'paging = "cursor"'))
        self.assertEqual(self.say("import", "c")["types"]["User"]["created"], 45)
        for month, size, title, expected in (("02", 25, "Dr", (1, 25, 1, 1)), ("03", 15, "Prof", (0, 15, 0, 0))):
            if month == "02":
                there.update({each["id"]: each for each in users(99, 100)})
                change(month, ["u99"])
                change(month, ["u30"], active=False)
                del there["u45"]
                size -= 1  # and the one who is inactive
            change(month, [f"u{i}" for i in range(1, size + 1)], title=title)
            del source.requests[:]
            counts = self.say("sync", "c")["types"]["User"]
            self.assertEqual(tuple(counts[name] for name in ("created", "changed", "deactivated", "removed")), expected)
        asked = [dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(each).query)) for each in source.requests if "filter=" in each]
        self.assertEqual([each.get("cursor") for each in asked], [None, "10", "20"])  # 26 since the second month
        self.assertTrue(all("startIndex" not in each for each in asked))

    def test_removals_that_numbers_hide_are_found_when_asked_for(self):
        server = self.serve()
        first = server.user("first")
        self.configure(c=server.url)
        self.say("import", "c")
        server.call("DELETE", "/Users/" + first)
        server.user("second")
        self.assertEqual(self.say("sync", "c", "--removals")["types"]["User"]["removed"], 1)

    def test_a_source_that_does_not_filter_is_read_whole(self):
        source = self.misbehave(lambda path, query: (400, {"detail": "no filters"}, {}) if "filter" in query
                                else paged(25)(path, query))
        self.configure(c=source.url)
        self.say("import", "c")
        said = self.say("sync", "c")
        self.assertTrue(said["whole"])
        self.assertEqual(said["types"]["User"]["unchanged"], 25)

    def test_a_source_whose_filter_finds_nothing_is_read_whole(self):
        everyone = users(1, 26)
        source = self.misbehave(lambda path, query: not_found() if path != "/Users" else page([], 0) if "filter" in query
                                else page(everyone[int(query.get("startIndex", 1)) - 1:], 25))
        self.configure(c=source.url)
        self.say("import", "c")
        everyone[0] = {**everyone[0], "title": "Dr"}
        everyone[24] = {**everyone[24], "id": "new"}
        counts = self.say("sync", "c")["types"]["User"]
        self.assertEqual((counts["changed"], counts["created"], counts["removed"]), (1, 1, 1))

    def test_the_newest_may_go(self):
        server = self.serve()
        server.user("first")
        newest = server.user("newest")
        self.configure(c=server.url)
        self.say("import", "c")
        server.call("DELETE", "/Users/" + newest)
        self.assertEqual(self.say("sync", "c")["types"]["User"]["removed"], 1)
        counts = self.say("sync", "c")["types"]["User"]
        self.assertEqual((counts["removed"], counts["unchanged"]), (0, 1))

    def test_a_list_of_ids_that_is_not_whole_removes_nothing(self):
        state = {"faulty": False}

        def script(path, query):
            if state["faulty"] and path == "/Users" and "filter" not in query:
                return page([], 20) if int(query.get("startIndex", 1)) > 1 else page(users(1, 2), 20)
            return page([], 0) if "filter" in query else paged(25)(path, query)

        self.configure(c=self.misbehave(script).url)
        self.say("import", "c")
        state["faulty"] = True
        self.assertEqual(self.say("sync", "c", code=7)["failure"], "inconsistent")
        self.assertEqual(self.say("report")["users"], {"c": 25})

    def test_what_could_not_be_kept_is_asked_for_again(self):
        state = {"twins": False}
        twins = [{**users(1, 2)[0], "title": title, "meta": {"resourceType": "User", "lastModified": "2026-02-01T00:00:00Z"}}
                 for title in ("Dr", "Prof")]

        def script(path, query):
            changed = "filter" in query or state["twins"] == "all"
            return page(twins, 2) if path == "/Users" and changed and state["twins"] else paged(25)(path, query)

        source = self.misbehave(script)
        self.configure(c=source.url)
        self.say("import", "c")
        state["twins"] = True
        for _ in range(2):
            del source.requests[:]
            self.assertIn("came twice", self.say("sync", "c", code=1)["errors"][0])
            self.assertIn("2026-01-01", "".join(source.requests))
        state["twins"] = "all"
        self.say("import", "c", code=1)
        state["twins"] = False
        said = self.say("sync", "c")
        self.assertTrue(said["whole"])
        self.assertEqual(said["types"]["User"]["errors"], 0)

    def test_it_begins_with_an_import(self):
        self.configure(c=self.serve().url)
        self.assertIn("begin with", self.say("sync", "c", code=2)["detail"])


if __name__ == "__main__":
    unittest.main()
