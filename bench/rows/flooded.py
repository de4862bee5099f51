"""Two tenants, of which one floods: what the other notices. By bench/hostile, whose second client alone is the baseline."""
import itertools
import json
import pathlib
import subprocess
import sys

from context import tell
from figures import NotMeasured, Result, at_most

CASES = {"flood-of-reads": "reads", "flood-of-writes": "writes"}
RATES = (100, 1_000)  # requests a second that the other tenant may ask: four times what a full synchronisation does, and forty
HOSTILE = pathlib.Path(__file__).resolve().parents[1] / "hostile" / "run"


def reports(context, rate, number):
    """One round of all cases: windows of the second client alone and beside the flood, in turn."""
    work = context.folder("flooded")
    told = work / f"round-{number}.json"
    binary = context.program("scimkit_bench_hostile")
    context.program("scimkit_bench_hostile_seed")
    done = subprocess.run([sys.executable, HOSTILE, binary.parent, work, str(context.seconds), "--rounds", "2", "--users",
                           str(min(context.users, 100_000)), "--rate", str(rate), "--json", told, *(f"--case={case}" for case in CASES)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NotMeasured(f"bench/hostile: {done.stderr.strip()[-300:] or 'it told nothing'}")
    return {each["name"]: each for each in json.loads(told.read_text(encoding="utf-8"))["cases"]}


def flooded(context):
    title, results, rounds = "p99 of a tenant beside another's flood", [], {rate: [] for rate in RATES}
    for number in range(context.rounds):
        tell(f"  round {number + 1} of {context.rounds}")
        for rate in RATES:
            rounds[rate].append(reports(context, rate, number))
    for rate, case, kind in itertools.product(RATES, CASES, ("GET", "filter", "POST")):
        beside = [each[case]["attacked"][kind] for each in rounds[rate]]
        if failures := sum(each["failures"] for each in beside):
            raise NotMeasured(f"{case}: {failures} requests of the tenant that does not flood were refused, or not answered")
        if not all(each[case]["outcomes"] for each in rounds[rate]):
            raise NotMeasured(f"{case}: the flood came to nothing")
        results.append(Result(title, f"{kind}, beside a flood of {CASES[case]} with --rate-per-tenant {rate}", "alone", "ms",
                              [each["p99"] for each in beside],
                              [each[case]["alone"][kind]["p99"] for each in rounds[rate]], at_most(2)))
    return results, []
