#!/usr/bin/env python3
"""The pages of docs/identity-providers say which tolerance switches a provider needs, each with a conversation that
fails without it. Here each switch that is on by default is turned off, and all conversations are replayed: what a page
says has to fail, and what fails of the conversations that a page names has to be in its table.

  guides_test.py SERVER      (scripts/references checks that what the pages name exists at all)
"""
import pathlib
import re
import sys

import http_replay

PAGES = pathlib.Path(__file__).resolve().parents[2] / "docs" / "identity-providers"
TOLERANCE = PAGES.parent / "tolerance.md"


def switches_that_are_on():
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| on \| [^|]*\|$", TOLERANCE.read_text(encoding="utf-8"), re.M)
    if len(rows) < 20:
        raise SystemExit("the tables of docs/tolerance.md have another form")
    return rows


def conversations_that_fail(options):
    entries = http_replay.load("traces.jsonl") + http_replay.load("reports.jsonl")
    server = http_replay.Server("memory", options)
    problems = http_replay.replay(server, entries, {"baseUrl": server.base})
    server.stop()
    return {problem.split(" ", 1)[0] for problem in problems}


def main():
    needed = {name: conversations_that_fail(["--tolerance", f"{name}=off"]) for name in switches_that_are_on()}
    problems, rows = [], 0
    for page in sorted(PAGES.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        said = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]* \| `([^`|]+)` \|$", text, re.M))
        said = {name: played for name, played in said.items() if "/" in played}
        rows += len(said)
        for name, played in said.items():
            if played not in needed.get(name, ()):
                problems.append(f"{page.name}: {played} does not need {name}, or that is off by default")
        named = set(re.findall(r"`([a-z-]+/[a-z0-9-]+)`", text))
        for name, failing in needed.items():
            if name not in said and failing & named:
                problems.append(f"{page.name}: {', '.join(sorted(failing & named))} fails without {name}, which the page does not say")
    if rows < 20:
        problems.append(f"only {rows} switches were found on the pages: have the tables another form?")
    if problems:
        raise SystemExit("\n".join(problems))
    print(f"{rows} rows of the pages hold, and none is missing")


main()
