"""docs/interoperability.md says what run.py pins and what the files of conversations have."""
import json
import pathlib
import re
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE / "suites"))
import run  # noqa: E402

PAGE = (ROOT / "docs" / "interoperability.md").read_text()
CONVERSATIONS = ROOT / "tests" / "data" / "interop"
# The clients of each row of the page, as the conversations name them; the last row is that of reports.jsonl.
PROVIDERS = {
    "Microsoft Entra ID": ["entra"],
    "Okta": ["okta"],
    "OneLogin": ["onelogin"],
    "JumpCloud": ["jumpcloud"],
    "PingOne, PingFederate": ["pingone", "pingfederate"],
    "SailPoint": ["sailpoint"],
    "Google Workspace": ["google"],
    "Saviynt": ["saviynt"],
    "CyberArk": ["cyberark"],
}


def table(heading):
    """Rows of the first table behind a text, as lists of cells."""
    lines = PAGE[PAGE.index(heading):].split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("|---")) + 1
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line[1:-1].split("|")])
    return rows


def conversations(name):
    """client -> (conversations, steps)"""
    steps = [json.loads(line) for line in (CONVERSATIONS / name).read_text().splitlines()]
    scenarios = {(step["client"], step["scenario"]) for step in steps}
    return {client: (sum(of == client for of, _ in scenarios), sum(step["client"] == client for step in steps))
            for client in {of for of, _ in scenarios}}


class Documented(unittest.TestCase):
    def test_each_suite_stands_there_with_its_version_and_the_checks_that_are_asked_of_it(self):
        node = json.loads((HERE / "suites" / "package.json").read_text())["dependencies"]
        jars = dict(re.findall(r"<artifactId>([^<]+)</artifactId><version>([^<]+)<",
                               (HERE / "suites" / "java" / "pom.xml").read_text()))
        versions = {
            "scim2-tester": f"{run.PINS['scim2-tester']}, {run.PINS['scim2-cli']}",
            "scim2-tester, strict": "",
            "scim-sanity": run.PINS["scim-sanity"],
            "Go suite": f"commit {run.PINNED_SOURCES['Go suite'][2][:12]}",
            "scim-validator": f"commit {run.PINNED_SOURCES['scim-validator'][2][:12]}",
            "UnboundID client": jars["scim2-sdk-client"],
            "SCIM-SDK client": jars["scim-sdk-client"],
            "node": f"{node['scim-patch']}, {node['scim2-parse-filter']}",
        }
        rows = table("| suite or client |")
        self.assertEqual(list(run.LEAST), list(versions))
        self.assertEqual(len(rows), len(versions))
        for (suite, version), (_, told, _, checks, _) in zip(versions.items(), rows):
            with self.subTest(suite):
                self.assertEqual(told, version)
                self.assertEqual(int(checks), run.LEAST[suite])

    def test_what_the_server_is_started_with_stands_there(self):
        for suite, (_, _, against, _, _) in zip(run.LEAST, table("| suite or client |")):
            with self.subTest(suite):
                self.assertEqual(" ".join(re.findall(r"`([^`]+)`", against)), " ".join(run.OPTIONS.get(suite, [])))

    def test_as_many_differences_stand_there_as_the_runner_expects(self):
        words = {"nothing": 0, "one": 1, "two": 2, "three": 3, "four": 4}
        for suite, (*_, found) in zip(run.LEAST, table("| suite or client |")):
            with self.subTest(suite):
                self.assertEqual(words[re.match(r"\w+", found)[0]], len(run.KNOWN[suite]))

    def test_conversations_and_their_steps_are_those_of_the_files(self):
        counts = conversations("traces.jsonl")
        rows = table("| identity provider |")
        *providers, general, reports = rows
        for name, told, _ in providers:
            with self.subTest(name):
                clients = PROVIDERS[re.match(r"\[([^]]+)\]", name)[1]]
                found = [sum(counts[client][part] for client in clients) for part in (0, 1)]
                self.assertEqual([int(number) for number in re.findall(r"\d+", told)], found)
                for client in clients:
                    del counts[client]
        self.assertEqual([int(number) for number in re.findall(r"\d+", general[1])],
                         [sum(each[part] for each in counts.values()) for part in (0, 1)], dict(counts))
        reported = conversations("reports.jsonl")
        self.assertEqual([int(number) for number in re.findall(r"\d+", reports[1])],
                         [sum(each[part] for each in reported.values()) for part in (0, 1)])

    def test_each_conversation_that_the_custom_store_cannot_carry_stands_there_with_its_reason(self):
        lines = (CONVERSATIONS / "custom-store.tsv").read_text().splitlines()[1:]
        told = [f"| `{name}` | {why} |" for name, _, why in (line.split("\t") for line in lines)]
        self.assertEqual([f"| {name} | {why} |" for name, why in table("| conversation |")], told)
        every = sum(found for name in ("traces.jsonl", "reports.jsonl") for found, _ in conversations(name).values())
        self.assertIn(f"These of the {every}\nconversations need more.", PAGE)


if __name__ == "__main__":
    unittest.main()
