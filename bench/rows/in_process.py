"""Rows in process: functions of bench/*.cpp beside each other, by google-benchmark, which takes them in random turns."""
import json
import os
import subprocess

from figures import NotMeasured, Result, at_least, at_most

UNITS = {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}  # microseconds
LEAST_USERS = 1_000  # of bench/scale_bench.cpp


def measure(context, names, program="scimkit_bench", environment=None):
    """For each name the microseconds of an operation and the operations a second, by rounds."""
    pattern = "^(" + "|".join(names) + ")$"
    done = subprocess.run(
        [context.program(program), f"--benchmark_filter={pattern}", f"--benchmark_repetitions={context.rounds}",
         f"--benchmark_min_time={min(context.seconds / 4, 1)}", "--benchmark_enable_random_interleaving=true",
         "--benchmark_format=json"], capture_output=True, text=True,
        env={**os.environ, "SCIMKIT_BENCH_USERS": str(context.users), **(environment or {})})
    try:
        runs = json.loads(done.stdout)["benchmarks"]
    except (ValueError, KeyError):
        raise NotMeasured(f"{program}: {done.stderr.strip()[-300:] or 'it told nothing'}") from None
    measured = {name: ([], []) for name in names}
    for run in sorted((run for run in runs if run["run_type"] == "iteration"), key=lambda run: run.get("repetition_index", 0)):
        if run.get("error_occurred"):
            raise NotMeasured(f"{run['run_name']}: {run.get('error_message', '')[:200]}")
        times, rates = measured[run["run_name"]]
        times.append(run["real_time"] * UNITS[run["time_unit"]])
        rates.append(run.get("items_per_second", 0))
    if missing := [name for name, (times, _) in measured.items() if not times]:
        raise NotMeasured(f"{program} does not have {', '.join(missing)}")
    return measured


def times(context, title, pairs, bar, **more):
    """Results of (what, its name, baseline, its name), times of an operation."""
    measured = measure(context, list(dict.fromkeys(name for _, mine, _, other in pairs for name in (mine, other))), **more)
    return [Result(title, what, baseline, "µs", measured[mine][0], measured[other][0], bar) for what, mine, baseline, other in pairs]


def rates(context, title, pairs, bar, **more):
    measured = measure(context, list(dict.fromkeys(name for _, mine, _, other in pairs for name in (mine, other))), **more)
    return [Result(title, what, baseline, "/s", measured[mine][1], measured[other][1], bar) for what, mine, baseline, other in pairs]


def durable(context):
    results = []
    for what in ("post", "patch"):
        for threads in (16, 64):
            name = f"{what}_user_durably/writes_per_commit:%d/real_time/threads:{threads}"
            results += rates(context, f"durable {what.upper()} of a user",
                             [(f"in process, LMDB, {threads} threads, shared commits", name % 64, "one commit each", name % 1)],
                             at_least(5))
    return results, []


def thousand_members(context):
    return times(context, "PATCH 1,000 members in one request",
                 [("in process, LMDB", "patch_a_thousand_members_durably/real_time", "1,000 raw LMDB puts in one commit",
                   "raw_lmdb_thousand_puts/real_time")], at_most(4)), []


def two_threads(context):
    return rates(context, "reads with two threads",
                 [("in process, LMDB, GET by 2 threads", "get_user_by_threads/real_time/threads:2", "1 thread",
                   "get_user_by_threads/real_time/threads:1")], at_least(1.7)), []


def handle_get(context):
    return times(context, "handle() of a GET", [("in process, LMDB, 1,000 users", "get_user/lmdb", "raw LMDB get", "raw_lmdb_get")],
                 at_most(5)), []


def keys(context):
    title, name = "who it is, among 10,000 keys", "authenticate_by_key/"
    measured = measure(context, [name + "10000", name + "1"])
    many_times, one_times = (measured[name + number][0] for number in ("10000", "1"))
    return [Result(title, "in process", "one microsecond", "µs", many_times, [1.0] * len(many_times), at_most(1)),
            Result(title, "in process", "among one key", "µs", many_times, one_times)], []


def handle_list(context):
    return times(context, "handle() of a list of 100", [("in process, LMDB, 1,000 users", "list_page_of_100/lmdb", "GET of one", "get_user/lmdb")],
                 at_most(30)), []


def many(context):
    return max(context.users, LEAST_USERS)


def filter_scale(context):
    users = many(context)
    if users == LEAST_USERS:
        raise NotMeasured("there are no more users than in the baseline")
    return times(context, "filter eq over many users", [(f"in process, LMDB, {users:,} users", f"filter_by_user_name/users:{users}",
                                                         "1,000 users", f"filter_by_user_name/users:{LEAST_USERS}")], at_most(1.2)), []


def conjunction(context):
    users = many(context)
    return times(context, "and of two indexed tests, exact total",
                 [(f"in process, LMDB, {users // 25:,} of {users:,}", f"page_of_two_indexed_tests/users:{users}", "page of 100",
                   f"page_of_all/users:{users}")], at_most(10)), []


def large_group(context):
    name = "add_and_remove_a_membership/members:"
    return times(context, "member into a large group",
                 [("in process, LMDB, group of 100,000", f"{name}100000", "group of 10", f"{name}10")], at_most(1.2)), []


def deep_page(context):
    pages = many(context) // 100
    return times(context, "last page by cursor", [(f"in process, LMDB, page {pages:,}", f"cursor_page/page:{pages}", "first page",
                                                   "cursor_page/page:1")], at_most(1.2)), []
