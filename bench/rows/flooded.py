"""Two tenants, of which one floods: what the other notices. By bench/hostile, whose second client alone is the baseline."""
import itertools
import json
import pathlib
import subprocess
import sys

from context import tell
from figures import NotMeasured, Result, at_most

CASES = {"flood-of-reads": "reads", "flood-of-writes": "writes"}
RATE = 1_000  # requests a second of a tenant: forty times what a full synchronisation asks, and twice what the other asks here
WINDOWS = 4  # alone and beside the flood, in each round: a p99 of fewer requests says little
HOSTILE = pathlib.Path(__file__).resolve().parents[1] / "hostile" / "run"


def reports(context, number):
    """One round of all cases: windows of the second client alone and beside the flood, in turn."""
    work = context.folder("flooded")
    told = work / f"round-{number}.json"
    binary = context.program("scimkit_bench_hostile")
    context.program("scimkit_bench_hostile_seed")
    done = subprocess.run([sys.executable, HOSTILE, binary.parent, work, str(context.seconds), "--rounds", str(WINDOWS), "--users",
                           str(min(context.users, 100_000)), "--rate", str(RATE), "--json", told, *(f"--case={case}" for case in CASES)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotMeasured(f"bench/hostile: {done.stderr.strip()[-300:] or 'it told nothing'}")
    return {each["name"]: each for each in json.loads(told.read_text(encoding="utf-8"))["cases"]}


def flooded(context):
    title, results, rounds = "p99 of a tenant beside another's flood", [], []
    for number in range(context.rounds):
        tell(f"  round {number + 1} of {context.rounds}")
        rounds.append(reports(context, number))
    for case, kind in itertools.product(CASES, ("GET", "filter", "POST")):
        beside = [each[case]["attacked"][kind] for each in rounds]
        if failures := sum(each["failures"] for each in beside):
            raise NotMeasured(f"{case}: {failures} requests of the tenant that does not flood were refused, or not answered")
        if not all(each[case]["outcomes"] for each in rounds):
            raise NotMeasured(f"{case}: the flood came to nothing")
        results.append(Result(title, f"{kind}, beside {RATE:,} {CASES[case]} a second of the other tenant", "alone", "ms",
                              [each["p99"] for each in beside],
                              [each[case]["alone"][kind]["p99"] for each in rounds], at_most(2)))
    return results, []
