"""The connector against one server that nobody here wrote, where its registry can be reached.

  others_test.py NAME [unittest option ...]     NAME: scim2-server, scimmy, scim-sdk or elimity, or `all`

One that cannot be had is said aloud and not checked: then the exit code is 77, which CTest counts as skipped. What was
installed is kept in SCIMKIT_OTHERS.
"""
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

import other_servers
from support import *

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from not_run import tell as not_run  # noqa: E402

KEPT = pathlib.Path(os.environ["SCIMKIT_OTHERS"])
SKIPPED = 77


class Other(SampleServer):
    """A server of others; it has the same hands as ours."""

    def __init__(self, started):
        self.process, self.url = started

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Story:
    """test, discover, import, sync after changes, report, push; the same for each server."""

    name = None  # of other_servers

    @classmethod
    def setUpClass(cls):
        """Two of it, which start beside each other: one that is read, and one that is written to."""
        cls.servers = [Other(started) for started in other_servers.start_several(cls.name, KEPT, TOKEN, 2)]
        for server in cls.servers:
            cls.addClassCleanup(server.stop)
        cls.read, cls.written = cls.servers

    def test_the_whole_story(self):
        other = self.read
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

    def test_the_check_says_what_holds_and_leaves_nothing_behind(self):
        before = self.written.call("GET", "/Users?count=1")["totalResults"]
        done = subprocess.run([os.environ["SCIMKIT_CHECK"], self.written.url, "--write", "--json", "--html", "page.html"],
                              env={**os.environ, "SCIM_TOKEN": TOKEN}, cwd=self.folder, capture_output=True, text=True, timeout=300)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        said = json.loads(done.stdout)
        print(type(self).__name__, "check:", said["holds"], "hold,", said["fails"], "fail,", said["skipped"], "skipped",
              file=sys.stderr)
        self.assertGreater(said["holds"], 50)
        self.assertEqual(said["left"], [])
        self.assertEqual(self.written.call("GET", "/Users?count=1")["totalResults"], before)

    def test_it_is_written_to(self):
        mine = self.serve()
        people = [mine.user(f"person{i}", name={"givenName": "P", "familyName": str(i)}) for i in range(5)]
        team = mine.group("crew", *people[:2])
        self.configure(mine=mine.url, c=(self.written.url, "write = true"))
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
        everyone = {user["userName"]: user for user in self.written.call("GET", "/Users?count=100")["Resources"]}
        self.assertEqual(everyone["person0"]["displayName"], "New")
        self.assertFalse(everyone["person1"]["active"])
        crew = self.written.call("GET", "/Groups?count=100")["Resources"][0]
        self.assertEqual({member["value"] for member in crew["members"]},
                         {everyone["person0"]["id"], everyone["person2"]["id"]})


class Scim2Server(Story, ConnectorTest):
    name = "scim2-server"


class Scimmy(Story, ConnectorTest):
    name = "scimmy"


class ScimSdk(Story, ConnectorTest):
    name = "scim-sdk"


class Elimity(Story, ConnectorTest):
    name = "elimity"


def main(wanted, options):
    """The exit code: 0, 1, or 77 where one of those that are wanted cannot be had and nothing else is wrong."""
    stories, missing = unittest.TestSuite(), False
    known = (Scim2Server, Scimmy, ScimSdk, Elimity)
    for story in known:
        if wanted not in (story.name, "all"):
            continue
        try:
            other_servers.install(story.name, KEPT)
        except other_servers.NotToBeHad as reason:
            missing = True
            not_run(f"the connector against {story.name}", reason)
            continue
        stories.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(story))
    if wanted != "all" and wanted not in (names := [story.name for story in known]):
        sys.exit(f"{wanted}: no such server; there are {', '.join(names)}")
    good = unittest.TextTestRunner(verbosity=2 if "-v" in options else 1).run(stories).wasSuccessful()
    return 1 if not good else SKIPPED if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all", sys.argv[2:]))
