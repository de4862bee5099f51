"""Rows over HTTP: scimkit-server on LMDB beside the servers of other languages, and beside two that only answer bytes."""
import re
import statistics
import subprocess

import load
import servers
from context import root, tell
from figures import Bar, NotMeasured, Result, alternate, at_least, fastest
from report import measured

HALF = 0.5  # of what a server answers in a closed loop is asked of it in the open one


class Loads:
    """One kind of request to several servers. Who refuses anything is left out, and in `left_out` with the reason."""

    def __init__(self, context, title, sides, kind, connections, values):
        self.context, self.title, self.kind, self.values = context, title, kind, values
        self.connections, self.latencies, self.left_out = {}, [], {}
        for side in sides:
            self.connections[side] = connections
            if self.attempt(side, 1) is None and kind is load.member:
                # A server that loses what two write into one group at a time gets one connection.
                self.connections[side] = 1
                del self.left_out[side]
                self.attempt(side, 1)

    def attempt(self, side, seconds, rate=0):
        if side in self.left_out:
            return None
        try:
            return load.run(self.context, side, [self.kind(side)], self.connections[side], seconds, self.values(side), rate)
        except NotMeasured as reason:
            tell(f"NOT MEASURED: {self.title}: {reason}")
            self.left_out[side] = reason
            return None

    def measure(self):
        """Answers a second of each server, by rounds. What each takes is kept in `latencies`."""
        told = alternate(self.connections, self.context.rounds, lambda side: self.attempt(side, self.context.seconds))
        rates = {side: [each["rate"] for each in rounds] for side, rounds in told.items() if side not in self.left_out}
        for side, values in rates.items():
            middle = statistics.median(values)
            self.latencies.append(load.latency(self.title, side, f"closed, {middle:,.0f}/s", told[side][-1]))
            if (open_loop := self.attempt(side, self.context.seconds, middle * HALF)) is not None:
                self.latencies.append(load.latency(self.title, side, f"open, {middle * HALF:,.0f}/s", open_loop))
        return {side.name: values for side, values in rates.items()}


def typical(server, users=101):
    """The answer to a GET by id that is in the middle by its length, of users spread over all of them."""
    ids = server.ids[::max(1, len(server.ids) // users)]
    bodies = sorted((server.call("GET", f"/Users/{each}") for each in ids), key=len)
    return bodies[len(bodies) // 2]


def whole_list(server):
    return server.call("GET", "/Users?count=100")


def beside(context, title, recipes, peers, kind, connections, values, bar, answer=None, which="peer"):
    """The result beside the fastest of `peers`, and all latencies. `answer` gives the body of a server whose length is worth a note."""
    ours = context.scimkit()
    loads = Loads(context, title, [ours, *peers], kind, connections, values)
    rates = loads.measure()
    mine = rates.pop(ours.name, None)
    if not mine or not rates:
        raise NotMeasured("; ".join(map(str, loads.left_out.values())) or f"no {which} could be had")
    best = fastest(rates)
    others = ", ".join(f"{name} {measured(statistics.median(each), '/s')}" for name, each in rates.items() if name != best)
    notes = [f"{peer.name} has {len(peer.ids):,} users" for peer in peers if len(peer.ids) < context.small]
    notes += [f"{peer.name} over one connection" for peer in peers if loads.connections[peer] != connections]
    if answer is not None:
        lengths = [f"{side.name} {len(answer(side)):,}" for side in (ours, *peers) if side is ours or side.name in rates]
        notes.append("bytes of an answer's body: " + ", ".join(lengths))
    notes += [f"NOT MEASURED: {name}" for name in recipes if name not in rates]
    result = Result(title, f"scimkit-server, LMDB, {len(ours.ids):,} users, {connections} connections",
                    f"fastest {which}, {best}" + (f" ({others})" if others else ""), "/s", mine, rates[best], bar, "; ".join(notes))
    return result, loads.latencies


def beside_peers(context, title, *how):
    return beside(context, title, servers.other_servers.RECIPES, context.peers(), *how)


def beside_durable_peers(context, title, kind, values):
    """The results, one for each number of connections, and all latencies."""
    results, latencies = [], []
    for connections in (16, 64):
        try:
            result, taken = beside(context, title, servers.other_servers.DURABLE, context.durable_peers(), kind, connections, values,
                                   at_least(1.5), which="durable peer")
        except NotMeasured as reason:
            tell(f"NOT MEASURED: {title}, {connections} connections, beside durable peers: {reason}")
            continue
        results.append(result)
        latencies += [{**each, "row": f"{title}, durable, {connections} connections"} for each in taken]
    return results, latencies


def get_user(context):
    title, ours = "GET user by id", context.scimkit()

    def everybody(server):  # whoever answers the same to all is asked for what we are asked for
        return {"id": load.values_file(context.work, server, "all-ids", server.ids or ours.ids)}

    result, latencies = beside_peers(context, title, load.get, 16, everybody, at_least(2), typical)
    body = typical(ours)
    limits = []
    try:
        limits.append(servers.start_bare(context.program("scimkit_bench_bare_server"), context.work, body))
        try:
            limits.append(servers.start_nginx(context.work, body))
        except NotMeasured as reason:
            tell(f"NOT MEASURED: {title}: {reason}")
        loads = Loads(context, title, [ours, *limits], load.get, 16, everybody)
        rates = loads.measure()
    finally:
        for each in limits:
            each.stop()
    results = [result] + [
        Result(title, "scimkit-server, LMDB, 16 connections", f"{each.name} with {len(body):,} bytes, the median of ours", "/s",
               rates[ours.name], rates[each.name], at_least(0.85) if each is limits[0] else Bar())
        for each in limits if each.name in rates]
    return results, latencies + [each for each in loads.latencies if each["server"] != ours.name]


def names_of(context):
    return lambda server: {"name": load.values_file(context.work, server, "names", server.names)}


def filter_users(context):
    # elimity and scimmy look a userName up in a map (tests/connector/others); SCIM-SDK filters all that it is given by itself.
    result, latencies = beside_peers(context, "filter=userName eq", load.by_name, 16, names_of(context), at_least(4))
    return [result], latencies


def list_users(context):
    result, latencies = beside_peers(context, "list of 100 users", load.page, 4, lambda server: {}, at_least(8), whole_list)
    return [result], latencies


def ids_of(context):
    """Of users outside of the large group."""
    return lambda server: {"id": load.values_file(context.work, server, "ids", server.ids[-min(100, len(server.ids)):])}


def patch_member(context):
    result, latencies = beside_peers(context, "PATCH one member into a group of 1,000", load.member, 16, ids_of(context), at_least(20))
    return [result], latencies


def post_user(context):
    result, latencies = beside_peers(context, "POST user", load.create, 16, lambda server: {}, Bar())
    durable, others = beside_durable_peers(context, "POST user", load.create_core, lambda server: {})
    return [result, *durable], latencies + others


def patch_user(context):
    result, latencies = beside_peers(context, "PATCH user", load.change, 16, ids_of(context), Bar())
    durable, others = beside_durable_peers(context, "PATCH user", load.rename, ids_of(context))
    return [result, *durable], latencies + others


def bulk(context):
    users = 1_000
    done = subprocess.run([root() / "bench" / "http" / "bulk", context.program("scimkit-server"), str(users), str(context.rounds)],
                          capture_output=True, text=True)
    rounds = re.findall(r"one by one\s+(\d+) users/s\s+in a Bulk\s+(\d+) users/s", done.stdout)
    if done.returncode != 0 or len(rounds) != context.rounds:
        raise NotMeasured(done.stderr.strip()[-300:] or "bench/http/bulk told nothing")
    return [Result(f"Bulk of {users:,} creates", "users by Bulk, LMDB, one connection", "users by single POSTs", "/s",
                   [float(many) for _, many in rounds], [float(single) for single, _ in rounds], at_least(10))], []
