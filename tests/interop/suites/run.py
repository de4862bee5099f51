#!/usr/bin/env python3
"""Runs suites and clients that others have written against scimkit-server, over HTTP.

  run.py SERVER DIRECTORY       DIRECTORY keeps what is installed, so that the next run takes seconds

What is run is pinned in requirements.txt and package.json beside this file. Where a package cannot be had, its suites are
not run, a line says so loudly, and the exit code is 77 if none was.

Whatever a suite finds has to be mended, or to stand in KNOWN with its reason, which docs/interoperability.md tells too.
What stands there and is found no more is a failure as well: the list is true.
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

SERVER, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
HERE = pathlib.Path(__file__).resolve().parent
TOKEN = "token-of-the-suites"
PINS = dict(line.split("==") for line in (HERE / "requirements.txt").read_text().split() if "==" in line)

# suite -> pattern of what it finds -> why it stays so
KNOWN = {
    "scim2-tester": {},
    "scim2-tester, strict": {
        r"Failed to (add|replace) attribute '.*:enterprise:2\.0:User'.*no attribute \".*:User:schemas\"":
            "an extension's object has no schemas of its own (RFC 7643 section 3.3); ignored by default, refused in strict mode",
    },
    "scim-sanity": {
        r"PATCH /Groups/\{id\}.*got 204": "204 is an answer to PATCH (RFC 7644 section 3.5.2); a group's may be large",
    },
    "node": {
        r'filter userName eq "USER1"': "userName is not caseExact (RFC 7643 section 4.1.1); the library knows no schema",
        r'filter emails\[not \(type eq "work"\)\]': "the library finds nothing by `not` within brackets (RFC 7644 figure 1)",
        r'patch .*"remove".*value sw': "a remove of what is not there succeeds (remove-absent); noTarget is a choice (table 9)",
    },
}


class Server:
    def __init__(self, *options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}/scim/v2"
        self.process = subprocess.Popen(
            [SERVER, "--listen", f"127.0.0.1:{port}", "--base-url", self.base, "--store", "memory", "--token", TOKEN,
             "--log-level", "error", *options], stdout=subprocess.PIPE, text=True)
        if not self.process.stdout.readline().startswith("listening on"):
            raise SystemExit("the server did not start")

    def __enter__(self):
        return self.base

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)


def install(name, command, mark):
    """Once for each state of the pins; False where the registry does not answer."""
    done = WORK / f"{name}.installed"
    if done.exists() and done.read_text() == mark:
        return True
    try:
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", None) or str(error)
        print(f"\n!!!!  NOT RUN: the {name} suites could not be installed: {reason.strip().splitlines()[-1]}\n", flush=True)
        return False
    done.write_text(mark)
    return True


def python_suites():
    venv = WORK / "venv"
    if not (venv / "bin" / "pip").exists() and subprocess.run([sys.executable, "-m", "venv", venv]).returncode != 0:
        print("\n!!!!  NOT RUN: there is no venv for the Python suites\n", flush=True)
        return None
    pins = HERE / "requirements.txt"
    pip = [venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", pins]
    return venv / "bin" if install("Python", pip, pins.read_text()) else None


def node_modules():
    if not shutil.which("npm"):
        print("\n!!!!  NOT RUN: there is no npm for the Node client\n", flush=True)
        return None
    target = WORK / "node"
    target.mkdir(parents=True, exist_ok=True)
    pins = (HERE / "package.json").read_text()
    (target / "package.json").write_text(pins)
    npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", target]
    return target / "node_modules" if install("Node", npm, pins) else None


def output_of(command, **environment):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=200,
                          env={**os.environ, "NO_COLOR": "1", **environment})
    return done.stdout


def run_tester(bin_directory, options):
    """What it finds, and how much it has looked at."""
    with Server(*options) as base:
        text = output_of([bin_directory / "scim", "-u", base, "test"], SCIM_CLI_HEADERS=f"Authorization: Bearer {TOKEN}")
    found = [f"{name} {detail}" for _, name, detail in re.findall(r"^(ERROR|CRITICAL) (\S+)\n\s*(.*)$", text, re.M)]
    return found, len(re.findall(r"^SUCCESS", text, re.M)), text


def run_sanity(bin_directory):
    with Server() as base:
        text = output_of([bin_directory / "scim-sanity", "probe", base, "--token", TOKEN, "--i-accept-side-effects",
                          "--json-output"])
    results = json.loads(text[text.index("{"):])["results"]
    found = [f"{each['name']} {each.get('message', '')}".replace("\n", " ") for each in results
             if each["status"] not in ("pass", "skip")]
    return found, sum(each["status"] == "pass" for each in results), text


def run_node(modules):
    with Server() as base:
        text = output_of(["node", HERE / "node_client.mjs", modules, base, TOKEN])
    found = re.findall(r"^DIFFERENT (.*)$", text, re.M)
    compared = re.search(r"^COMPARED (\d+)$", text, re.M)
    return found, int(compared.group(1)) if compared else 0, text


def judge(suite, version, result, least):
    """True if all that was found is known, and all that is known was found."""
    found, looked_at, text = result
    known = KNOWN[suite]
    new = [each for each in found if not any(re.search(pattern, each) for pattern in known)]
    gone = [pattern for pattern in known if not any(re.search(pattern, each) for each in found)]
    print(f"{suite} {version}: {looked_at} checks passed, {len(found)} found that are known, {len(new)} new")
    for each in new:
        print(f"  NEW: {each}")
    for pattern in gone:
        print(f"  NO LONGER FOUND, take it off the list: {pattern}")
    if looked_at < least:
        print(f"  only {looked_at} checks, of {least} at least:\n{text[-4000:]}")
    return not new and not gone and looked_at >= least


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    verdicts = []
    if python := python_suites():
        version = PINS["scim2-tester"]
        verdicts.append(judge("scim2-tester", version, run_tester(python, ["--me", "userName"]), 130))
        # Its values are random text, also where an attribute has a format (RFC 7643 section 4.1.1).
        strict = ["--strict", "--tolerance", "lax-formats=on"]
        verdicts.append(judge("scim2-tester, strict", version, run_tester(python, strict), 130))
        verdicts.append(judge("scim-sanity", PINS["scim-sanity"], run_sanity(python), 25))
    if modules := node_modules():
        version = json.loads((HERE / "package.json").read_text())["dependencies"]
        verdicts.append(judge("node", f"scim-patch {version['scim-patch']}, scim2-parse-filter "
                              f"{version['scim2-parse-filter']}", run_node(modules), 170))
    if not verdicts:
        return 77
    return 0 if all(verdicts) else 1


sys.exit(main())
