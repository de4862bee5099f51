#!/usr/bin/env python3
"""Fills the directory of a server, and says what a server over it answers: for directories of former builds, which a
later one has to understand.

    former.py PATH_OF_SCIMKIT_SERVER DIRECTORY

with a build of former days makes DIRECTORY/db.tar.xz and DIRECTORY/answers.json, which stand in tests/data/formats.
"""
import json
import pathlib
import sys
import tarfile

import running
from running import TENANT, TOKEN, USER, quote

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BASE = "https://scim.example.com/scim/v2"


def start(server, folder=None):
    """With a base URL that is the same everywhere. `folder`: a directory of a store that is there."""
    made = running.Running(server)
    at = made.arguments.index("--base-url")
    made.arguments[at + 1] = BASE
    if folder:
        made.arguments[made.arguments.index("--store") + 1] = f"lmdb:{folder}"
    return made.start()


def fill(server, key):
    """Users, groups of every size, what has gone again, two tenants, a key that is revoked."""
    made = server.administer("POST", "/Tenants", {"schemas": [TENANT], "name": "acme"})
    assert made.status == 201, made.text
    for name, tenant, revoked in (("first", "default", False), ("second", "acme", False), ("old", "acme", True)):
        made = server.administer("POST", "/Tokens", {"schemas": [TOKEN], "name": name, "tenant": tenant, "scopes": ["scim"], "revoked": revoked,
                                                     "key": key if tenant == "default" else server.run("--new-token").strip()})
        assert made.status == 201, made.text

    def send(method, path, body):
        answer = server.send(method, "/scim/v2" + path, body, key)
        assert answer.status < 300, answer.text
        return answer.json()["id"] if answer.status == 201 else None

    users = [send("POST", "/Users", {"schemas": [USER], "userName": f"user{i:04}", "displayName": f"Straße {i} İ",
                                     "emails": [{"value": f"user{i}@example.com", "type": "work"}]}) for i in range(300)]
    groups = {count: send("POST", "/Groups", {"schemas": [GROUP], "displayName": f"of {count}", "members": [{"value": each} for each in users[:count]]})
              for count in (0, 3, 280)}
    send("POST", "/Groups", {"schemas": [GROUP], "displayName": "nested", "members": [{"value": groups[3], "type": "Group"}]})
    change = lambda *operations: {"schemas": [PATCH], "Operations": list(operations)}
    send("PATCH", "/Users/" + users[0], change({"op": "replace", "path": "displayName", "value": "Ada"},
                                               {"op": "add", "path": "emails", "value": [{"value": "ada@example.com", "type": "home"}]}))
    send("PATCH", "/Groups/" + groups[280], change({"op": "remove", "path": f'members[value eq "{users[5]}"]'}))
    send("DELETE", "/Users/" + users[6], None)


def answers(server, key):
    """What clients see: bodies and versions."""
    def get(path):
        answer = server.send("GET", "/scim/v2" + path, None, key)
        assert answer.status == 200, answer.text
        return answer.json()
    seen = {path: get(path) for path in ("/Users?count=20&sortBy=userName", "/Users?count=0", "/Groups?sortBy=displayName",
                                         "/Users?filter=" + quote('userName eq "user0003" or emails.value sw "ada@"'),
                                         "/Users?count=5&filter=" + quote('groups.display eq "of 3"'))}
    seen["tokens"] = [[each[name] for name in ("name", "tenant", "scopes", "revoked")]
                      for each in server.administer("GET", "/Tokens?sortBy=name").json()["Resources"]]
    seen["tenants"] = [each["name"] for each in server.administer("GET", "/Tenants?sortBy=name").json()["Resources"]]
    return seen


def main(server, directory):
    made = start(server)
    key = made.run("--new-token").strip()  # it opens what is kept here, and nothing anywhere
    fill(made, key)
    kept = {"key": key, "answers": answers(made, key)}
    (pathlib.Path(directory) / "answers.json").write_text(json.dumps(kept, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    made.stop()
    with tarfile.open(pathlib.Path(directory) / "db.tar.xz", "w:xz") as archive:
        for file in sorted(made.data.rglob("*.mdb")):
            if file.name == "data.mdb" and "requests" not in file.parts:
                archive.add(file, file.relative_to(made.data), filter=plain)
    made.directory.cleanup()


def plain(entry):
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    entry.mode = 0o600
    return entry


if __name__ == "__main__":
    main(*sys.argv[1:])
