"""Rows that take a server of their own for a while: the mixed load, and many tenants."""
import concurrent.futures
import statistics
import threading
import time

import load
import process
import seed
import servers
from context import tell
from figures import NotMeasured, Result, alternate, at_most

CONNECTIONS = 64
HALF = 0.5  # of what is answered in a closed loop


class MemoryWatch:
    """MiB of a process, once a second, with the moment."""

    def __init__(self, pid):
        self.pid, self.seen, self.over = pid, [], threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.over.wait(1):
            self.seen.append((time.monotonic(), process.own_memory(self.pid)))

    def __enter__(self):
        self.begun = time.monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def windows(self, length, count):
        """The largest of each window."""
        return [max((memory for at, memory in self.seen if number * length <= at - self.begun < (number + 1) * length), default=0)
                for number in range(count)]


def flat(title, what, unit, values):
    """Each of the windows after the first one beside the first: the worst of them says whether it is flat."""
    later = values[1:]
    return Result(title, f"{what}, the worst of the windows behind the first", "first window", unit, later, [values[0]] * len(later),
                  at_most(1.2), worst=True)


def mixed(context):
    title, users, seconds = "mixed load", context.users, context.minutes * 60
    server = servers.filled_scimkit(context.program("scimkit-server"), context.folder("mixed"), users)
    values = {"id": load.values_file(context.work, server, "all-ids", server.ids),
              "name": load.values_file(context.work, server, "all-names", server.names)}
    requests = [load.get(server, 80), load.by_name(server, 10), load.change(server, 8), load.create(server, 2)]
    window = max(seconds / 10, 1)
    try:
        closed = load.run(context, server, requests, CONNECTIONS, context.seconds, values)
        rate = closed["rate"] * HALF
        with MemoryWatch(server.process.pid) as memory:
            told = load.run(context, server, requests, CONNECTIONS, seconds, values, rate, window)
    finally:
        server.stop()
    windows = told["windows"][:int(seconds / window)]
    if len(windows) < 2:
        raise NotMeasured("the load was too short to be compared with its beginning")
    what = (f"80 % GET, 10 % filter, 8 % PATCH, 2 % POST over {users:,} users, LMDB, {CONNECTIONS} connections, open loop "
            f"{rate:,.0f}/s, {seconds / 60:g} minutes in windows of {window:g} s")
    sizes = memory.windows(window, len(windows))
    return [flat(title, f"p99: {what}", "µs", [each["p99"] for each in windows]),
            flat(title, "own memory", "MiB", sizes)], [load.latency(title, server, f"open, {rate:,.0f}/s", told)]


def start_tenants(context, count):
    """A server with so many tenants, a user in each."""
    folder = context.folder(f"tenants-{count}")
    names = [f"tenant{number}" for number in range(count)]
    tenants, tokens, database = folder / "tenants.toml", folder / "tokens", folder / "database"
    tenants.write_text("".join(f"[{name}]\n" for name in names), encoding="ascii")
    tokens.write_text("".join(f"token-of-{name}-for-the-benchmark {name} {name}\n" for name in names), encoding="ascii")
    for file in (tenants, tokens):
        file.chmod(0o600)
    for file in database.glob("*"):
        if file.is_file():
            file.unlink()
    seed.write_tenants(folder / "users.jsonl", names)
    servers.import_file(context.program("scimkit-server"), f"lmdb:{database}", folder / "users.jsonl")
    server = servers.start_scimkit(context.program("scimkit-server"), f"lmdb:{database}", "--tenants", tenants, "--token-file", tokens,
                                   name=f"{count} tenants", token="")
    server.root, server.tenants = "", names
    return server


def ask_each(server):
    """A GET of each tenant, so that whatever is made for one that is asked has been made."""
    def ask(name):
        server.call("GET", f"/{name}/scim/v2/Users/{seed.user_id(0)}", token=f"token-of-{name}-for-the-benchmark")

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, server.tenants))


def tenants(context):
    count, title = context.tenants, f"{context.tenants:,} tenants"
    request = {"name": "get", "method": "GET", "path": f"/{{tenant}}/scim/v2/Users/{seed.user_id(0)}"}
    both = []
    try:
        both += [start_tenants(context, 1)]
        both += [start_tenants(context, count)]
        for server in both:
            ask_each(server)
        time.sleep(1)
        alone, together = (process.own_memory(server.process.pid) for server in both)
        idle = (together - alone) * 1024 / (count - 1)
        tell(f"{title}: {idle:.1f} KiB for each that was asked once")
        times = alternate(both, context.rounds, lambda server: load.run(
            context, server, [request], 16, context.seconds, {"tenant": server.tenants}, token="token-of-{tenant}-for-the-benchmark"))
    finally:
        for server in both:
            server.stop()
    rates = [[1e6 / told["rate"] for told in times[server]] for server in both]
    return [Result(title, "time of a GET, LMDB, 16 connections, a tenant at random", "one tenant", "µs", rates[1], rates[0], at_most(1.2),
                   f"an idle tenant that was asked once holds {idle:.1f} KiB")], [
        load.latency(title, server, "closed", times[server][statistics.median_low(range(context.rounds))]) for server in both]
