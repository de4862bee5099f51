"""docs/connector.md, command by command, against servers of our own: what it shows works, in its order."""
import pathlib
import re
import shlex
import subprocess
import unittest

from support import *

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "connector.md"
TITLE = re.compile(r"^```(\w+)(?: *)\n(.*?)^```", re.M | re.S)


def state_of(server):
    """All that it has, with versions: what was written shows."""
    return [server.call("GET", f"/{kind}?count=1000")["Resources"] for kind in ("Users", "Groups")]


class Guide(ConnectorTest):
    def test_every_command_of_the_page_works(self):
        page_text = PAGE.read_text(encoding="utf-8")
        hr, app = self.serve(), self.serve()
        people = [hr.user(name, emails=[{"value": name + "@example.com"}]) for name in ("ada", "bob", "eve")]
        hr.group("engineering", *people)
        accounts = [app.user("ada"), app.user("forgotten")]
        blocks = TITLE.findall(page_text)
        files = [text for kind, text in blocks if kind == "toml"]
        config = files[0].replace("https://hr.example.com/scim/v2", hr.url).replace("https://app.example.com/scim/v2", app.url)
        self.assertIn(hr.url, config)
        self.assertIn(app.url, config)
        (self.folder / "scimkit-connector.toml").write_text(config)
        (self.folder / "mapping.toml").write_text(files[1])
        self.environment.update(HR_TOKEN=TOKEN, APP_TOKEN=TOKEN)

        self.hr, self.app, self.before = hr, app, (state_of(hr), state_of(app))
        ids = {"hr": people[0], "app": accounts[0]}
        done = []
        for line in (line for kind, text in blocks if kind == "sh" for line in text.splitlines()):
            command, _, comment = line.partition("#")
            expected = int((re.search(r"exits with (\d+)", comment) or [0, 0])[1])
            words = shlex.split(command)
            if not words:
                continue
            if words[0] == "sed":  # switches write-back on, as the page says to
                self.nothing_is_written()  # step 6
                subprocess.run(words, cwd=self.folder, check=True)
                continue
            self.assertEqual(words[0], "scimkit-connector", line)
            words = [ids[words[2]] if word == "ID" else word for word in words]
            finished = self.run_connector(*words[1:])
            self.assertEqual(finished.returncode, expected, line + "\n" + finished.stdout + finished.stderr)
            done.append(words[1])
            if words[1] == "report":
                self.the_orphan_is_found(words, finished.stdout)
        self.assertEqual({"test", "discover", "import", "sync", "report", "push", "deactivate"} - set(done), set())
        self.assertFalse(app.call("GET", "/Users/" + accounts[0])["active"])
        self.assertTrue(app.call("GET", "/Users/" + accounts[1])["active"])
        self.assertEqual(state_of(hr), self.before[0])  # which was never opened
        self.assertEqual((self.folder / "scimkit-connector.toml").read_text().count("write = true"), 1)
        for command in (["test", "hr"], ["discover", "hr"], ["import", "hr", "--dry-run"], ["sync", "hr", "--dry-run"], ["report"],
                        ["report", "--csv"], ["push", "hr", "app"], ["deactivate", "app", accounts[0]]):
            self.assertTrue(self.say(*command)["ok"], command)
        for command, code in ((["test", "nobody"], 2), (["deactivate", "app", "no-such-id"], 1), (["push", "app", "hr", "--apply"], 3), (["public-key", "hr"], 2)):
            self.assertFalse(self.say(*command, code=code)["ok"], command)
        self.assertEqual(app.find("/Groups", 'displayName eq "engineering"')[0]["displayName"], "engineering")

    def nothing_is_written(self):
        self.assertEqual((state_of(self.hr), state_of(self.app)), self.before)

    def the_orphan_is_found(self, words, text):
        if "--html" in words:
            text = (self.folder / words[words.index("--html") + 1]).read_text()
            for name, users, width in (("app", 2, 321), ("hr", 3, 481)):  # bars of 480 for the most
                self.assertRegex(text, rf'>{name}</text><rect [^>]*width="{width}"/><text [^>]*>{users}</text>')
            self.assertRegex(text, "<h2>Orphans[^<]*</h2>\\s*<table>(?:(?!</table>).|\\n)*<td>app</td><td>forgotten</td>")
        elif "--csv" in words:
            self.assertRegex(text, r'"orphan","","","app","[^"]*","forgotten","active","0"')
        else:
            self.assertRegex(text, r"(?m)^orphan +app +\S+ +forgotten +active +0$")
        self.assertNotRegex(text, "orphan[^\\n]*ada")

    def test_every_exit_code_stands_in_the_page(self):
        text = PAGE.read_text(encoding="utf-8")
        for code in range(8):
            self.assertRegex(text, rf"(?m)^\| {code} \| ")


if __name__ == "__main__":
    unittest.main()
