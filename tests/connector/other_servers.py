"""Servers that nobody here wrote, or that are little more than a library of others: how they are installed and started.

  scim2-server (Python), SCIMMY on Express (JavaScript), elimity-com/scim (Go), SCIM-SDK (Java), scim-server (Rust)

which keep everything in memory, and two that keep it on a disk:

  scim-server on SQLite, django-scim2-server (Python) on PostgreSQL

in the versions that the folders of `others` name. What was installed is kept in a directory, so that only the first time
takes long. Used by bench/rows, and the first four by the tests of the connector: scim-server takes minutes to build.
"""
import dataclasses
import hashlib
import pathlib
import shutil
import socket
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent / "others"


class NotToBeHad(Exception):
    """A tool is missing, or a registry cannot be reached. The words say which."""


@dataclasses.dataclass(frozen=True)
class Recipe:
    tool: str  # without which nothing can be installed
    commands: list  # which install it, in a copy of its folder
    made: str  # what is there afterwards
    start: list  # {port} and {token} stand for themselves, {file} for one that it makes, {database} for the URL of a PostgreSQL
    root: str = ""  # the path of its SCIM root
    needs: str = ""  # a second tool
    folder: str = ""  # of `others`, where it is called otherwise
    seconds: int = 300  # that one of the commands may take


PIP = [["python3", "-m", "venv", "venv"], ["venv/bin/pip", "install", "-q", "--no-deps", "-r", "requirements.txt"]]
CARGO, CARGO_MADE = [["cargo", "build", "--release", "--locked", "--quiet"]], "target/release/server"
RECIPES = {
    "scim2-server": Recipe(
        "python3", PIP, "venv/bin/scim2-server", ["venv/bin/scim2-server", "--bearer-token", "{token}", "--port", "{port}"]),
    "scimmy": Recipe(
        "npm", [["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]],
        "node_modules/scimmy-routers/package.json", ["node", "server.mjs", "{port}", "{token}"], "/scim"),
    "scim-sdk": Recipe(
        "mvn", [["mvn", "-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=lib"],
                ["javac", "-cp", "lib/*", "Server.java"]],
        "Server.class", ["java", "-cp", "lib/*:.", "Server", "{port}", "{token}"], "/scim/v2", "javac"),
    "elimity": Recipe("go", [["go", "build", "-o", "server", "."]], "server", ["./server", "{port}", "{token}"]),
    "scim-server": Recipe("cargo", CARGO, CARGO_MADE, [CARGO_MADE, "{port}", "{token}"], seconds=1_800),
}
DURABLE = {
    "scim-server on SQLite": Recipe(
        "cargo", CARGO, CARGO_MADE, [CARGO_MADE, "{port}", "{token}", "{file}"], folder="scim-server", seconds=1_800),
    "django-scim2-server on PostgreSQL": Recipe(
        "python3", PIP, "venv/bin/gunicorn", ["venv/bin/python", "server.py", "{port}", "{token}", "{database}"], "/scim/v2",
        folder="django-scim2-server"),
}


def recipe_of(name):
    return RECIPES.get(name) or DURABLE[name]


def install(name, kept):
    """Its folder in `kept`, made unless it was made of the same before. Raises NotToBeHad."""
    recipe = recipe_of(name)
    source, folder = HERE / (recipe.folder or name), kept / (recipe.folder or name)
    wanted = hashlib.sha256(repr((str(folder), recipe.commands)).encode())  # some write down where they are
    for file in sorted(source.iterdir()):
        wanted.update(file.read_bytes())
    stamp = folder / "installed-of"
    if (folder / recipe.made).exists() and stamp.exists() and stamp.read_text() == wanted.hexdigest():
        return folder
    for tool in filter(None, (recipe.tool, recipe.needs)):
        if not shutil.which(tool):
            raise NotToBeHad(f"{tool} is not installed")
    shutil.rmtree(folder, ignore_errors=True)
    kept.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, folder)
    for command in recipe.commands:
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=recipe.seconds)
        except subprocess.TimeoutExpired:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotToBeHad(f"{command[0]} took too long; can its registry be reached?") from None
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            reason = (done.stderr or done.stdout).strip()[-300:].replace("\n", " ")
            raise NotToBeHad("it cannot be installed: " + reason)
    stamp.write_text(wanted.hexdigest())
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def launch(name, folder, token, **places):
    """A process of it, which may not listen yet, and its port. `places` has the file or the database of one that is durable."""
    port = free_port()
    command = [part.format(port=port, token=token, **places) for part in recipe_of(name).start]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL), port


def listening(name, process, port):
    """Waits until it listens; the URL of its SCIM root. AssertionError if it ends."""
    for _ in range(1_500):  # on a busy machine Python takes its time
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                return f"http://127.0.0.1:{port}{recipe_of(name).root}"
        time.sleep(0.1)
    process.kill()
    process.wait(20)
    raise AssertionError(f"{name} does not listen; it ended with {process.returncode}")


def start_several(name, kept, token, count, **places):
    """Each its process, once it listens, and the URL of its SCIM root. Raises NotToBeHad; AssertionError if one ends."""
    folder = install(name, kept)
    launched = [launch(name, folder, token, **places) for _ in range(count)]
    try:
        return [(process, listening(name, process, port)) for process, port in launched]
    except AssertionError:
        for process, _ in launched:
            process.kill()
            process.wait(20)
        raise


def start(name, kept, token, **places):
    """As start_several(), one of it."""
    return start_several(name, kept, token, 1, **places)[0]
