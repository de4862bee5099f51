"""SIGKILL under eight writers, and what is there after the restart."""
import collections
import http.client
import signal
import subprocess
import sys
import threading
import time

from server import GROUP, PATCH, USER, Client, Server

WRITERS = 8


class State:
    """What the server has promised: the title of each user, or None when it was deleted."""

    def __init__(self):
        self.lock = threading.Lock()
        self.title = {}
        self.acknowledged = 0
        self.unexpected = []
        self.begin_round(None)

    def begin_round(self, group):
        self.group = group
        self.touched = set()
        self.members = set()
        self.doubt = set()        # ids with a request under way
        self.doubtful_names = set()
        self.killing = False

    def promise(self, user, title):
        with self.lock:
            self.title[user] = title
            self.touched.add(user)
            self.acknowledged += 1

    def joined(self, user):
        with self.lock:
            self.members.add(user)
            self.acknowledged += 1


def write(port, writer, round_number, state):
    client = Client(port)
    user = name = None
    try:
        for number in range(1000000):
            user, name = None, f"u{round_number}-{writer}-{number}"
            status, body = client.send("POST", "/Users", {"schemas": [USER], "userName": name, "title": "new"})
            assert status == 201, (status, body)
            user = body["id"]
            state.promise(user, "new")
            put = {"schemas": [USER], "userName": name, "title": "put", "emails": [{"value": f"{name}@example.com"}]}
            status, body = client.send("PUT", f"/Users/{user}", put)
            assert status == 200, (status, body)
            state.promise(user, "put")
            status, body = client.send("PATCH", f"/Groups/{state.group}", {
                "schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": [{"value": user}]}]})
            assert status in (200, 204), (status, body)
            state.joined(user)
            status, body = client.send("PATCH", f"/Users/{user}", {
                "schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": name}]})
            assert status == 200, (status, body)
            state.promise(user, name)
            if number % 3 == 0:
                status, body = client.send("DELETE", f"/Users/{user}")
                assert status == 204, (status, body)
                state.promise(user, None)
    except (OSError, http.client.HTTPException) as error:
        with state.lock:
            if not state.killing:
                state.unexpected.append(repr(error))
            if user:
                state.doubt.add(user)
            else:
                state.doubtful_names.add(name)
    except Exception as error:
        with state.lock:
            state.unexpected.append(repr(error))


def check_round(port, state, faults):
    client = Client(port)
    status, group = client.send("GET", f"/Groups/{state.group}")
    if status != 200:
        faults["lost"].append(f"group {state.group}: {status}")
        return
    members = {member["value"] for member in group.get("members", [])}
    for user in state.touched:
        title = state.title[user]
        status, body = client.send("GET", f"/Users/{user}")
        if status not in (200, 404):
            faults["wrong"].append(f"{user}: {status}")
            continue
        there = status == 200
        in_group = there and any(one["value"] == state.group for one in body.get("groups", []))
        if in_group != (user in members):
            faults["half"].append(f"{user} and its group disagree")
        if there:
            status, found = client.send("GET", f"/Users?filter=userName%20eq%20%22{body['userName']}%22")
            if status != 200 or [one["id"] for one in found.get("Resources", [])] != [user]:
                faults["half"].append(f"{user} is not found by its userName")
        if user in state.doubt:
            if there and body.get("title") not in ("new", "put", body["userName"]):
                faults["half"].append(f"{user}: {body}")
            state.title[user] = body["title"] if there else None
        elif there != (title is not None):
            faults["lost"].append(f"{user}: {title!r} was acknowledged, the answer is {status}")
        elif there and body["title"] != title:
            faults["lost"].append(f"{user}: {title!r} was acknowledged, {body['title']!r} is there")
        elif there and (user in state.members) != (user in members):
            faults["lost"].append(f"membership of {user}")
    for name in state.doubtful_names:
        status, found = client.send("GET", f"/Users?filter=userName%20eq%20%22{name}%22")
        for one in found.get("Resources", []):
            state.title[one["id"]] = one["title"]
            if one.get("title") != "new":
                faults["half"].append(f"{name}: {one}")


def check_all(port, state, faults):
    client, seen, start = Client(port), {}, 1
    while True:
        status, page = client.send("GET", f"/Users?startIndex={start}&count=1000&attributes=title")
        if status != 200 or not page.get("Resources"):
            break
        seen.update((user["id"], user.get("title")) for user in page["Resources"])
        start += len(page["Resources"])
    expected = {user: title for user, title in state.title.items() if title is not None}
    for user in expected.keys() - seen.keys():
        faults["lost"].append(f"{user} at the end")
    for user in seen.keys() - expected.keys():
        faults["wrong"].append(f"{user} came back")
    for user in seen.keys() & expected.keys():
        if seen[user] != expected[user]:
            faults["wrong"].append(f"{user}: {seen[user]!r}, not {expected[user]!r}")
    return len(seen)


def look_over(program, directory, number, faults):
    """Every index, unique key, membership and counter against the records."""
    done = subprocess.run([program, "check", "--store", f"lmdb:{directory}"], capture_output=True, text=True, timeout=600)
    if done.returncode != 0 or "all is well" not in done.stdout:
        faults["half"].append(f"check after kill {number + 1}: {done.stdout[-500:]} {done.stderr[-500:]}")


def kill_rounds(program, rounds, place, dice):
    state, faults, slowest = State(), collections.defaultdict(list), 0.0
    directory, log = f"{place}/killed", f"{place}/log"
    server = Server(program, directory, log)
    for number in range(rounds):
        client = Client(server.port)
        status, body = client.send("POST", "/Groups", {"schemas": [GROUP], "displayName": f"g{number}"})
        assert status == 201, (status, body)
        state.begin_round(body["id"])
        writers = [threading.Thread(target=write, args=(server.port, n, number, state)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(dice.uniform(0.05, 0.6))
        with state.lock:
            state.killing = True
        server.stop(signal.SIGKILL)
        for writer in writers:
            writer.join()
        look_over(program, directory, number, faults)
        server = Server(program, directory, log)
        if server.port is None:
            faults["refused"].append(server.said())
            break
        slowest = max(slowest, server.seconds)
        check_round(server.port, state, faults)
        if sys.stderr.isatty():
            print(f"\rkill {number + 1}/{rounds}", end="", file=sys.stderr)
    there = check_all(server.port, state, faults) if server.port else 0
    server.stop()
    faults["unexpected"] += state.unexpected
    for kind, examples in faults.items():
        for example in examples[:5]:
            print(f"  {kind}: {example}")
    print(f"kill: {rounds} rounds, {state.acknowledged} writes acknowledged, {there} users there; "
          f"{len(faults['lost'])} lost, {len(faults['half'])} half, {len(faults['wrong'])} wrong answers, "
          f"{len(faults['refused'])} starts refused, {len(faults['unexpected'])} other failures; "
          f"slowest start {slowest:.2f} s")
    return not any(faults.values())
