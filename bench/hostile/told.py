"""What is told of the cases: line by line as they come, and as the table of docs/performance.md."""
import report

KINDS = ("GET", "filter", "POST")
MOST_RATIO = 3  # what another client may notice of an attack
CONTROL = "busy-machine"  # other programs keep the cores busy, nothing is asked of the server
WRITER = "bench/hostile"

# The option that bounds one such request, or what so many of them take together; docs/security.md says what is beyond it.
LIMITS = {
    CONTROL: "",
    "co-terms": "max_work",
    "co-terms-patch": "PatchOptions::max_work",
    "short-patch": "max_work_as_writer",
    "group-filter-patch": "max_work_as_writer",
    "large-post": "max_body_bytes",
    "equal-legs": "max_filter_terms",
    "empty-legs": "max_filter_terms",
    "deep-sort": "max_work",
    "groups-pr": "max_work",
    "sort-location": "max_work",
    "large-users": "max_response_bytes",
    "memberships": "max_response_bytes",
    "passwords": "max_hashing",
    "passwords-of-nobody": "max_hashing",
    "bulks": "bulk_threads",
    "many-emails": "max_resource_bytes",
    "huge-json": "max_body_bytes",
    "map-growth": "initial_map_bytes",
    "flood-of-reads": "--rate-per-tenant",
    "flood-of-writes": "--rate-per-tenant",
    "nested-groups": "max_page_size",
    "groups-of-nested": "max_response_bytes",
    "delete-group": "max_elements",
    "clear-group": "max_elements",
    "clear-group-by-put": "max_elements",
    "leave-groups": "max_groups_left_at_once",
    "unread-groups": "max_unsent_bytes",
    "slow-readers": "write_timeout",
    "bodies-without-credentials": "read_timeout",
    "bodies-beside-open": "read_timeout",
    "idle-connections": "max_connections",
    "clients-gone": "max_queued_per_client",
    "dripping": "read_timeout",
}


def most_frequent(outcomes):
    """The most frequent ones, and how long the longest of the first took."""
    if not outcomes:
        return "no answer", None
    most = sorted(outcomes.items(), key=lambda item: -item[1]["count"])[:3]
    return "; ".join(f"{kind['count']} x {what}" for what, kind in most), most[0][1]["longest"]


def ratio(case, kind):
    alone = case["alone"][kind]["p99"]
    return case["attacked"][kind]["p99"] / alone if alone else float("nan")


def beyond(case):
    """The kinds of request of the other client that waited for too long."""
    return [kind for kind in KINDS if case["name"] != CONTROL and not ratio(case, kind) <= MOST_RATIO]


def summary(case, longest_probe):
    probe = case.get("probe")
    what, longest = most_frequent((probe or case)["outcomes"])
    ended = f"{longest:.2f} s" if longest is not None else f"> {longest_probe} s"
    memory = f"{case['memory_peak']:.0f} MB (idle {case['memory_idle']:.0f}, after {case['memory_after']:.0f})"
    stop = case["stop"]
    stopped = f"{stop:.2f} s" if stop is not None else "NOT within 15 s"
    lines = [f"{case['name']}: {ended if probe or longest else '-'}; {what}",
             f"    peak {memory}; SIGTERM: {stopped}, exit code {case['exit_code']}"
             + ("" if case["recovery"] is not None else "; not recovered after 8 s")]
    for kind in KINDS:
        alone, attacked = case["alone"][kind], case["attacked"][kind]
        lines.append(
            f"    {kind:6}  alone p50 {alone['p50']:8.2f} p99 {alone['p99']:8.2f} ms   beside it p50 "
            f"{attacked['p50']:8.2f} p99 {attacked['p99']:9.2f} max {attacked['max']:9.2f} ms   ratio {ratio(case, kind):8.1f}"
            + (f"   {attacked['failures']} of {attacked['samples']} FAILED" if attacked["failures"] else ""))
    return "\n".join(lines)


def one_request(case):
    """How long one of them took, and what came of it: of the request by itself where it was worth that, else of the attack."""
    outcomes = case["probe"]["outcomes"] if "probe" in case else case["outcomes"]
    if not outcomes:
        return "", "none" if case["name"] != CONTROL else ""
    answer, kind = max(outcomes.items(), key=lambda item: item[1]["count"])
    took = f"{kind['longest']:.2f} s" if kind["longest"] else ""
    return took + ("" if "probe" in case or not took else " at most"), answer.replace("|", "\\|")[:80]


def line(case):
    took, answer = one_request(case)
    waits = " | ".join(f"{ratio(case, kind):.1f} ({case['attacked'][kind]['p99']:.1f} ms)"
                       + (f", {case['attacked'][kind]['failures']} failed" if case["attacked"][kind]["failures"] else "")
                       for kind in KINDS)
    limit = f"`{LIMITS[case['name']]}`" if LIMITS[case["name"]] else ""
    stop = f"{case['stop']:.1f} s" if case["stop"] is not None else "**not within 15 s**"
    met = "" if case["name"] == CONTROL else "**beyond**" if beyond(case) else "met"
    return (f"| {case['name']} | {took} | {answer} | {limit} | {case['memory_peak']:.0f} MB | {waits} | {stop} | {met} "
            f"| {report.stamp(case)}; {case['users']:,} users, {case['rounds']} x {case['seconds']:g} s |")


def table(state):
    return "\n".join([
        f"Machine: {state['machine']}. p99 of the other client as a multiple of its p99 alone, and in milliseconds.", "",
        f"| case | one request | its answer | limit | peak | GET | filter | POST | SIGTERM | at most {MOST_RATIO} | date, commit |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(line(case) for case in state["cases"])]) + "\n"


def verdict(cases):
    """What is to be said of all of them at the end."""
    said = [f"beyond {MOST_RATIO} x alone: "
            + (", ".join(f"{case['name']} {kind} {ratio(case, kind):.1f}" for case in cases for kind in beyond(case)) or "none")]
    if control := next((case for case in cases if case["name"] == CONTROL), None):
        floor = {kind: control["attacked"][kind]["p99"] for kind in KINDS}
        worse = [f"{case['name']} {kind} {case['attacked'][kind]['p99'] / floor[kind]:.1f}" for case in cases for kind in KINDS
                 if case["attacked"][kind]["p99"] > MOST_RATIO * floor[kind]]
        said.append(f"beyond {MOST_RATIO} x beside other programs ({CONTROL}): {', '.join(worse) or 'none'}")
    idle = [case["name"] for case in cases if not case["outcomes"] and case["name"] != CONTROL]
    failing = [f"{case['name']} {kind}" for case in cases for kind in KINDS if case["attacked"][kind]["failures"]]
    return [*said, f"attacks that came to nothing: {', '.join(idle) or 'none'}",
            f"other client refused or left without an answer: {', '.join(failing) or 'never'}"]
