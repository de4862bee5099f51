#!/usr/bin/env python3
"""Runs suites and clients that others have written against scimkit-server, over HTTP.

  run.py SERVER DIRECTORY       DIRECTORY keeps what is installed, so that the next run takes seconds

What is run is pinned in requirements.txt, package.json and java/pom.xml beside this file. Where a package cannot be had, its
suites are not run, a line says so loudly, here and at the end of scripts/test, and the exit code is 77 if none was. Two suites are in no package registry that
we know: SCIMKIT_GO_SUITE and SCIMKIT_SCIM_VALIDATOR name working copies of them, at the commits that PINNED_SOURCES has.

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

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "support"))
from not_run import tell as not_run  # noqa: E402

SERVER, WORK = (sys.argv[1], pathlib.Path(sys.argv[2])) if __name__ == "__main__" else ("", HERE)
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
    "Go suite": {
        r"get_member_ref_returns_resource": "its client puts the base URL in front of $ref, which is a whole URL (RFC 7644 section 3.1)",
        r"replace_value_path_no_target": "create-on-no-match makes the element that Entra means; off, it is 400 noTarget",
        r"discovery_ignores_query_params": "a filter on discovery is 403 (RFC 7644 section 4); the other parameters are ignored",
    },
    "scim-validator": {
        r"FLT_16: POST /(Users|Groups)/.search": "it sends a search with the schema of a ListResponse (RFC 7644 section 3.4.3)",
        r"FLT_17: POST /(Users|Groups)/.search": "it sends a search with the schema of a ListResponse (RFC 7644 section 3.4.3)",
        r"GRP_05: PATCH add member": "204 is an answer to PATCH (RFC 7644 section 3.5.2); a group's may be large",
    },
    "UnboundID client": {
        r"configuration: .*attribute pagination is undefined": "it refuses a ServiceProviderConfig of RFC 9865; cursor_paging off",
    },
    "SCIM-SDK client": {},
}

# suite -> checks of a run, passed or not; fewer are a failure. What docs/interoperability.md says, in its order
LEAST = {
    "scim2-tester": 138,
    "scim2-tester, strict": 138,
    "scim-sanity": 28,
    "Go suite": 151,
    "scim-validator": 111,
    "UnboundID client": 43,
    "SCIM-SDK client": 71,
    "node": 170,
}

# The commits at which suites without a package were looked at.
PINNED_SOURCES = {
    "Go suite": ("SCIMKIT_GO_SUITE", "scim2/test-suite", "3d80a46970a02ce114efeeb38f3f112b5d736d16"),
    "scim-validator": ("SCIMKIT_SCIM_VALIDATOR", "scimsandbox/scim-validator", "561ce97a4d2c954c10251434af1385ed736c5e83"),
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
        not_run(f"the {name} suites", f"they could not be installed: {reason.strip().splitlines()[-1]}")
        return False
    done.write_text(mark)
    return True


def python_suites():
    venv = WORK / "venv"
    if not (venv / "bin" / "pip").exists() and subprocess.run([sys.executable, "-m", "venv", venv]).returncode != 0:
        return not_run("the Python suites", "there is no venv")
    pins = HERE / "requirements.txt"
    pip = [venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", pins]
    return venv / "bin" if install("Python", pip, pins.read_text()) else None


def node_modules():
    if not shutil.which("npm"):
        return not_run("the Node client", "there is no npm")
    target = WORK / "node"
    target.mkdir(parents=True, exist_ok=True)
    pins = (HERE / "package.json").read_text()
    (target / "package.json").write_text(pins)
    npm = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", target]
    return target / "node_modules" if install("Node", npm, pins) else None


def java_classes():
    """The class path of the Java clients, compiled; nothing where they cannot be had."""
    if not (shutil.which("mvn") and shutil.which("javac")):
        return not_run("the Java clients", "there is no mvn or no javac")
    jars = WORK / "jars"
    pins = (HERE / "java" / "pom.xml").read_text()
    if not install("Java", ["mvn", "-B", "-q", "-f", HERE / "java" / "pom.xml",
                            "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies",
                            f"-DoutputDirectory={jars}"], pins):
        return None
    classes = WORK / "classes"
    subprocess.run(["javac", "-nowarn", "-cp", f"{jars}/*", "-d", classes, *sorted((HERE / "java").glob("*.java"))],
                   check=True, stderr=subprocess.PIPE)
    return f"{classes}:{jars}/*"


def source_of(suite, *tools):
    """Its working copy at the commit that was looked at; nothing where there is none."""
    variable, repository, commit = PINNED_SOURCES[suite]
    named = os.environ.get(variable)
    if not named:
        return not_run(f"the {suite}", f"no registry has {repository}; {variable} names a working copy of it")
    lacks = [tool for tool in tools if not shutil.which(tool)]
    if lacks:
        return not_run(f"the {suite}", f"there is no {lacks[0]}")
    found = subprocess.run(["git", "-C", named, "rev-parse", "HEAD"], stdout=subprocess.PIPE, text=True).stdout.strip()
    if found != commit:
        return not_run(f"the {suite}", f"{named} is at {found or 'no commit'}, not at {commit}")
    return pathlib.Path(named)


# What the server is started with, as docs/interoperability.md says; without a row here: nothing.
OPTIONS = {
    "scim2-tester": ["--me", "userName"],
    # Its values are random text, also where an attribute has a format (RFC 7643 section 4.1.1).
    "scim2-tester, strict": ["--strict", "--tolerance", "lax-formats=on"],
    "Go suite": ["--me", "userName"],
}


def output_of(command, timeout=200, cwd=None, **environment):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, cwd=cwd,
                          env={**os.environ, "NO_COLOR": "1", **environment})
    return done.stdout


def run_tester(bin_directory, options):
    """What it finds, and how much it has looked at."""
    with Server(*options) as base:
        text = output_of([bin_directory / "scim", "-u", base, "test"], SCIM_CLI_HEADERS=f"Authorization: Bearer {TOKEN}")
    found = [f"{name} {detail}" for _, name, detail in re.findall(r"^(ERROR|CRITICAL) (\S+)\n\s*(.*)$", text, re.M)]
    return found, len(re.findall(r"^SUCCESS", text, re.M)) + len(found), text


def run_sanity(bin_directory):
    with Server() as base:
        text = output_of([bin_directory / "scim-sanity", "probe", base, "--token", TOKEN, "--i-accept-side-effects",
                          "--json-output"])
    results = json.loads(text[text.index("{"):])["results"]
    found = [f"{each['name']} {each.get('message', '')}".replace("\n", " ") for each in results
             if each["status"] not in ("pass", "skip")]
    return found, sum(each["status"] != "skip" for each in results), text


def compared_by(command):
    """A client that tells on lines of its own what it found, and how much it has compared."""
    with Server() as base:
        text = output_of([*command, base, TOKEN])
    found = re.findall(r"^DIFFERENT (.*)$", text, re.M)
    compared = re.search(r"^COMPARED (\d+)$", text, re.M)
    return found, int(compared.group(1)) if compared else 0, text


def run_node(modules):
    return compared_by(["node", HERE / "node_client.mjs", modules])


def run_go(source):
    # It looks for types and characteristics that users and groups lack in a resource type of its own.
    with Server("--schema", str(HERE / "test_resource.json"), *OPTIONS["Go suite"]) as base:
        text = output_of(["go", "test", "./compliance/", "-count=1", "-v", f"-scim.url={base}", f"-scim.token={TOKEN}",
                          f"-scim.report={WORK / 'go-report.txt'}"], timeout=500, cwd=source)
    found = re.findall(r"^ *\[(?:FAIL|WARN)\] (\S+\n.*)$", text, re.M)
    return [re.sub(r"\s+", " ", each) for each in found], len(re.findall(r"^ *\[PASS\]", text, re.M)) + len(found), text


def run_validator(source):
    # Its JUnit and that of its Spock do not go together: a bill of materials in a copy says which one is meant.
    copy = WORK / "scim-validator"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("target", ".git"))
    bom = ("<dependencyManagement><dependencies><dependency><groupId>org.junit</groupId><artifactId>junit-bom</artifactId>"
           "<version>5.12.2</version><type>pom</type><scope>import</scope></dependency></dependencies></dependencyManagement>")
    pom = (copy / "pom.xml").read_text()
    (copy / "pom.xml").write_text(pom.replace("<dependencies>", bom + "<dependencies>", 1))
    with Server() as base:
        text = output_of(["mvn", "-B", "-q", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "test", f"-Dscim.baseUrl={base}",
                          f"-Dscim.authToken={TOKEN}", "-Dscim.testcontainers.enabled=false"], timeout=500, cwd=copy)
    found = re.findall(r"^\[ERROR\] \S*Spec\.(.*?) -- Time elapsed.*<<< (?:FAILURE|ERROR)!$", text, re.M)
    counts = re.findall(r"Tests run: (\d+), Failures: \d+, Errors: \d+, Skipped: \d+", text)
    return found, int(counts[-1]) if counts else 0, text


def judge(suite, version, result):
    """True if all that was found is known, and all that is known was found."""
    found, looked_at, text = result
    known = KNOWN[suite]
    new = [each for each in found if not any(re.search(pattern, each) for pattern in known)]
    gone = [pattern for pattern in known if not any(re.search(pattern, each) for each in found)]
    print(f"{suite} {version}: {looked_at} checks, {len(found)} found, {len(new)} of them new")
    for each in new:
        print(f"  NEW: {each}")
    for pattern in gone:
        print(f"  NO LONGER FOUND, take it off the list: {pattern}")
    if looked_at < LEAST[suite]:
        print(f"  only {looked_at} checks, of {LEAST[suite]} at least:\n{text[-4000:]}")
    return not new and not gone and looked_at >= LEAST[suite]


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    verdicts = []
    if python := python_suites():
        version = PINS["scim2-tester"]
        verdicts.append(judge("scim2-tester", version, run_tester(python, OPTIONS["scim2-tester"])))
        verdicts.append(judge("scim2-tester, strict", version, run_tester(python, OPTIONS["scim2-tester, strict"])))
        verdicts.append(judge("scim-sanity", PINS["scim-sanity"], run_sanity(python)))
    if modules := node_modules():
        version = json.loads((HERE / "package.json").read_text())["dependencies"]
        verdicts.append(judge("node", f"scim-patch {version['scim-patch']}, scim2-parse-filter "
                              f"{version['scim2-parse-filter']}", run_node(modules)))
    if classes := java_classes():
        jars = dict(re.findall(r"<artifactId>([^<]+)</artifactId><version>([^<]+)<", (HERE / "java" / "pom.xml").read_text()))
        for suite, jar, program in (("UnboundID client", "scim2-sdk-client", "UnboundIdClient"),
                                    ("SCIM-SDK client", "scim-sdk-client", "ScimSdkClient")):
            verdicts.append(judge(suite, jars[jar], compared_by(["java", "-cp", classes, program])))
    if source := source_of("Go suite", "go"):
        verdicts.append(judge("Go suite", PINNED_SOURCES["Go suite"][2][:12], run_go(source)))
    if source := source_of("scim-validator", "mvn", "javac"):
        verdicts.append(judge("scim-validator", PINNED_SOURCES["scim-validator"][2][:12], run_validator(source)))
    if not verdicts:
        return 77
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
