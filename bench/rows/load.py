"""Loads by bench/load: what is asked, and what became of it."""
import json
import subprocess

import seed
from figures import NotMeasured
from servers import TOKEN


def patch(operation):
    return json.dumps({"schemas": [seed.PATCH], "Operations": [operation]})


def get(server, weight=1):
    return {"name": "get", "weight": weight, "method": "GET", "path": f"{server.root}/Users/{{id}}"}


def by_name(server, weight=1):
    return {"name": "filter", "weight": weight, "method": "GET",
            "path": f"{server.root}/Users?filter=userName%20eq%20%22{{name}}%22"}


def page(server):
    return {"name": "list", "method": "GET", "path": f"{server.root}/Users?count=100"}


def change(server, weight=1):
    return {"name": "patch", "weight": weight, "method": "PATCH", "path": f"{server.root}/Users/{{id}}",
            "body": patch({"op": "replace", "path": "title", "value": "Guide {new}"})}


def create(server, weight=1, user=seed.user):
    return {"name": "post", "weight": weight, "method": "POST", "path": f"{server.root}/Users",
            "body": json.dumps({**user(0), "userName": "{new}", "externalId": "{new}"})}


def create_core(server):
    """A user whom every server takes."""
    return create(server, user=seed.core_user)


def rename(server):
    """A change that every server keeps."""
    return {"name": "patch", "method": "PATCH", "path": f"{server.root}/Users/{{id}}",
            "body": patch({"op": "replace", "path": "name.familyName", "value": "Jensen {new}"})}


def member(server):
    """In, and then out again, so that the group keeps its size."""
    path = f"{server.root}/Groups/{server.group}"
    return {"name": "member", "steps": [
        {"method": "PATCH", "path": path, "body": patch({"op": "add", "path": "members", "value": [{"value": "{id}"}]})},
        {"method": "PATCH", "path": path, "body": patch({"op": "remove", "path": 'members[value eq "{id}"]'})}]}


def values_file(work, server, what, values):
    file = work / f"{server.name.replace(' ', '-')}-{what}"
    file.write_text("\n".join(values), encoding="utf-8")
    return str(file)


def run(context, server, requests, connections, seconds, values, rate=0, window=0, token=TOKEN):
    """What bench/load tells. NotMeasured where the server refused anything."""
    plan = context.work / "plan.json"
    plan.write_text(json.dumps({"port": server.port, "token": token, "connections": connections, "seconds": seconds, "seed": 7,
                                "rate": rate, "window": window, "values": values, "requests": requests}), encoding="utf-8")
    done = subprocess.run([context.program("scimkit_bench_load"), plan], capture_output=True, text=True)
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise NotMeasured(f"{server.name}: {done.stderr.strip()}") from None
    if told["failures"]:
        raise NotMeasured(f"{server.name} refused: {told['failures']}")
    return told


def latency(title, server, loop, told):
    return {"row": title, "server": server.name, "loop": loop, **{part: told[part] for part in ("p50", "p99", "p999")}}
