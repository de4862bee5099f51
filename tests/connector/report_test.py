"""Reports: orphans, duplicates and inactive members, as JSON, table, CSV and a page."""
import csv
import io
import unittest

from support import *


class Report(ConnectorTest):
    def setUp(self):
        super().setUp()
        hr, app = self.serve(), self.serve()
        hr.user("ada", emails=[{"value": "Ada@example.com"}], **{ENTERPRISE: {"employeeNumber": "1"}})
        hr.user("bob")
        self.orphan = app.user("=cmd|<script>")
        app.user("a.lovelace", emails=[{"value": "ada@EXAMPLE.com"}])
        app.user("BOB")
        self.sleeper = app.user("sleeper", **{ENTERPRISE: {"employeeNumber": "1"}})
        app.group("all", self.sleeper)
        app.patch("/Users/" + self.sleeper, {"op": "replace", "path": "active", "value": False})
        self.configure(hr=(hr.url, "authoritative = true"), app=app.url)
        self.say("import", "hr")
        self.say("import", "app")

    def test_everything_is_found(self):
        said = self.say("report")
        self.assertEqual(said["users"], {"app": 4, "hr": 2})
        self.assertEqual([account["id"] for account in said["orphans"]], [self.orphan])
        self.assertEqual([account["id"] for account in said["inactiveMembers"]], [self.sleeper])
        found = {(each["attribute"], each["value"], tuple(sorted(account["userName"] for account in each["accounts"])))
                 for each in said["duplicates"]}
        self.assertEqual(found, {("userName", "bob", ("BOB", "bob")), ("email", "ada@example.com", ("a.lovelace", "ada")),
                                 ("employeeNumber", "1", ("ada", "sleeper"))})

    def test_one_external_id_at_two_connections_is_a_duplicate(self):
        one, other = self.serve(), self.serve()
        one.user("carol", externalId="e-7")
        other.user("c.jones", externalId="e-7")
        self.configure(one=one.url, other=other.url)
        self.say("import", "one")
        self.say("import", "other")
        found = [(each["attribute"], each["value"], sorted(account["userName"] for account in each["accounts"]))
                 for each in self.say("report")["duplicates"] if each["value"] == "e-7"]
        self.assertEqual(found, [("externalId", "e-7", ["c.jones", "carol"])])

    def test_csv_is_read_by_others_and_no_formula(self):
        text = self.run_connector("report", "--csv").stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        self.assertEqual(rows[0]["finding"], "orphan")
        self.assertEqual(rows[0]["userName"], "'=cmd|<script>")
        self.assertEqual(len([row for row in rows if row["finding"] == "duplicate"]), 6)

    def test_the_page_needs_nothing_and_runs_nothing(self):
        self.assertEqual(self.run_connector("report", "--html", "page.html").returncode, 0)
        page = (self.folder / "page.html").read_text()
        self.assertIn("=cmd|&lt;script&gt;", page)
        self.assertNotIn("<script", page)
        self.assertNotIn("http://", page.replace("http://www.w3.org", ""))
        for name, value, width in (("app", 4, 481), ("hr", 2, 241), ("orphans", 1, 161), ("duplicates", 3, 481)):
            self.assertRegex(page, rf'>{name}</text><rect [^>]*width="{width}"/><text [^>]*>{value}</text>')

    def test_the_table_names_each(self):
        text = self.run_connector("report").stdout
        self.assertIn("1 orphans, 3 duplicates, 1 inactive with memberships", text)

    def test_without_identities_nothing_is_an_orphan(self):
        config = self.folder / "scimkit-connector.toml"
        config.write_text(config.read_text().replace("authoritative = true", ""))
        said = self.say("report")
        self.assertFalse(said["hasIdentities"])
        self.assertEqual(said["orphans"], [])


if __name__ == "__main__":
    unittest.main()
