"""push and deactivate: a plan first, nothing written without leave, and only what differs."""
import unittest

from support import *


class Push(ConnectorTest):
    def setUp(self):
        super().setUp()
        self.hr, self.app = self.serve(), self.serve()
        self.ada = self.hr.user("ada", displayName="Ada", **{ENTERPRISE: {"department": "1"}})
        self.bob = self.hr.user("bob")
        self.team = self.hr.group("team", self.ada, self.bob)
        self.configure(hr=self.hr.url, app=(self.app.url, "write = true"))
        self.say("import", "hr")

    def again(self):
        self.say("sync", "hr")
        return self.say("push", "hr", "app", "--apply")

    def members(self):
        return {member["value"] for member in self.app.find("/Groups", 'displayName eq "team"')[0].get("members", [])}

    def test_a_plan_writes_nothing(self):
        said = self.say("push", "hr", "app")
        self.assertEqual(said["summary"], {"create group": 1, "create user": 2})
        self.assertEqual(self.app.call("GET", "/Users")["totalResults"], 0)
        self.assertIn("nothing was written", self.run_connector("push", "hr", "app").stdout)

    def test_a_read_only_target_is_refused(self):
        self.configure(hr=self.hr.url, app=self.app.url)
        self.assertIn("read-only", self.say("push", "hr", "app", "--apply", code=3)["detail"])
        self.assertEqual(self.app.call("GET", "/Users")["totalResults"], 0)
        self.say("push", "hr", "app")

    def test_it_is_carried_out_once(self):
        said = self.say("push", "hr", "app", "--apply")
        self.assertEqual((said["succeeded"], said["errors"]), (3, []))
        ada = self.app.find("/Users", 'userName eq "ada"')[0]
        self.assertEqual((ada["externalId"], ada["displayName"], ada[ENTERPRISE]["department"]), (self.ada, "Ada", "1"))
        self.assertEqual(len(self.members()), 2)
        self.assertEqual(self.say("push", "hr", "app", "--apply")["actions"], [])

    def test_only_what_differs_is_changed(self):
        self.say("push", "hr", "app", "--apply")
        mine = self.app.find("/Users", 'userName eq "ada"')[0]["id"]
        self.app.patch("/Users/" + mine, {"op": "add", "path": "nickName", "value": "kept"})
        self.hr.patch("/Users/" + self.ada, {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "2"})
        said = self.again()
        self.assertEqual([action["action"] for action in said["actions"]], ["update user"])
        self.assertEqual(said["actions"][0]["operations"],
                         [{"op": "replace", "path": f"{ENTERPRISE}:department", "value": "2"}])
        ada = self.app.call("GET", "/Users/" + mine)
        self.assertEqual((ada["nickName"], ada[ENTERPRISE]["department"]), ("kept", "2"))

    def test_who_leaves_is_deactivated_and_nobody_else(self):
        stranger = self.app.user("stranger")
        self.say("push", "hr", "app", "--apply")
        self.hr.patch("/Users/" + self.ada, {"op": "replace", "path": "active", "value": False})
        self.hr.call("DELETE", "/Users/" + self.bob)
        said = self.again()
        self.assertEqual(said["summary"]["deactivate user"], 2)
        self.assertTrue(self.app.call("GET", "/Users/" + stranger)["active"])
        for name in ("ada", "bob"):
            self.assertFalse(self.app.find("/Users", f'userName eq "{name}"')[0]["active"])
        self.assertEqual(self.again()["summary"].get("deactivate user"), None)

    def test_members_come_and_go_one_by_one(self):
        self.say("push", "hr", "app", "--apply")
        group = self.app.find("/Groups", 'displayName eq "team"')[0]["id"]
        own = self.app.user("own")
        self.app.patch("/Groups/" + group, {"op": "add", "path": "members", "value": [{"value": own}]})
        eve = self.hr.user("eve")
        self.hr.patch("/Groups/" + self.team, {"op": "add", "path": "members", "value": [{"value": eve}]},
                      {"op": "remove", "path": f'members[value eq "{self.bob}"]'})
        self.again()
        names = {self.app.call("GET", "/Users/" + member)["userName"] for member in self.members()}
        self.assertEqual(names, {"ada", "eve", "own"})

    def test_accounts_that_are_there_are_taken_by_name(self):
        there = self.app.user("ADA")
        said = self.say("push", "hr", "app", "--apply")
        self.assertEqual(said["summary"], {"create group": 1, "create user": 1, "update user": 1})
        self.assertEqual(self.app.call("GET", "/Users/" + there)["displayName"], "Ada")

    def test_what_the_target_refuses_is_told_and_the_rest_is_done(self):
        def script(path, _):
            if path == "/Users":
                return page([], 0)
            return not_found()

        target = self.misbehave(script)
        self.configure(hr=self.hr.url, app=(target.url, "write = true\nattempts = 1"))
        said = self.say("push", "hr", "app", "--apply", code=1)
        self.assertEqual(said["succeeded"], 0)
        self.assertEqual(len(said["errors"]), 2)

    def test_many_deactivations_need_a_word(self):
        for i in range(12):
            self.hr.user(f"user{i}")
        self.again()
        for user in self.hr.find("/Users", 'userName sw "user"'):
            self.hr.patch("/Users/" + user["id"], {"op": "replace", "path": "active", "value": False})
        self.say("sync", "hr")
        self.assertIn("--many", self.say("push", "hr", "app", "--apply", code=2)["detail"])
        self.assertEqual(self.say("push", "hr", "app", "--apply", "--many")["succeeded"], 12)

    def test_a_target_that_is_not_whole_is_not_written_to(self):
        target = self.misbehave(lambda path, _: page(users(1, 2), 50) if path == "/Users" else not_found())
        self.configure(hr=self.hr.url, app=(target.url, "write = true"))
        self.assertEqual(self.say("push", "hr", "app", "--apply", code=7)["failure"], "inconsistent")


class Deactivate(ConnectorTest):
    def test_one_user_where_it_is_allowed(self):
        server = self.serve()
        ada = server.user("ada")
        self.configure(c=server.url)
        self.say("import", "c")
        self.assertIn("read-only", self.say("deactivate", "c", ada, code=3)["detail"])
        self.assertTrue(server.call("GET", "/Users/" + ada)["active"])
        self.configure(c=(server.url, "write = true"))
        self.assertTrue(self.say("deactivate", "c", ada)["changed"])
        self.assertFalse(server.call("GET", "/Users/" + ada)["active"])
        self.assertFalse(self.say("deactivate", "c", ada)["changed"])
        self.assertEqual(self.say("sync", "c")["types"]["User"]["changed"], 0)  # the local copy knew it
        self.say("deactivate", "c", "nobody", code=1)

    def test_a_server_that_only_says_so_is_not_believed(self):
        one = users(1, 2)[0]
        server = self.misbehave(lambda path, _: (200, one, {}) if path == "/Users/u1" else not_found())
        self.configure(c=(server.url, "write = true"))
        self.assertIn("still active", self.say("deactivate", "c", "u1", code=7)["detail"])


if __name__ == "__main__":
    unittest.main()
