"""Results as JSON and as a table of docs/performance.md between two lines, each row with its own date and commit.

Of bench/run, whose table is made here, and of bench/hostile, which makes one of its own.
"""
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess


def marks(writer):
    """The two lines between which the table of a program stands."""
    return f"<!-- written by {writer}: from here -->", f"<!-- written by {writer}: to here -->"


def machine():
    cpu = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text(encoding="ascii"))
    return (f"{os.cpu_count()} cores ({cpu.group(1).strip() if cpu else platform.machine()}), "
            f"{int(memory.group(1)) / 2**20:.0f} GiB, Linux {platform.release().split('-')[0]}")


def commit(root):
    def git(*words):
        done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" and changes" if git("status", "--porcelain", "-uno") else "")


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def measured(value, unit):
    return number(value) + (unit if unit.startswith("/") else f" {unit}")


def stamp(each):
    """When and of what; and how busy others kept the machine, where that was noted: a figure beside a load is none of a quiet hour."""
    return f"{each['date']} {each['commit']}" + (f", load {each['load']:.1f} before" if "load" in each else "")


def line(result):
    if "not_measured" in result:
        return f"| {result['row']} | NOT MEASURED: {result['not_measured']} | | | | | | {stamp(result)} |"
    met = {True: "met", False: "**missed**", None: ""}[result["met"]]
    low, high = result["spread"]
    note = f" ({result['note']})" if result["note"] else ""
    return (f"| {result['row']} | {result['what']}{note}: {measured(result['median'], result['unit'])} "
            f"| {result['baseline']}: {measured(result['baseline_median'], result['unit'])} | {result['ratio']:.2f} "
            f"| {low:.2f} to {high:.2f}, {result['rounds']} rounds | {result['bar']} | {met} "
            f"| {stamp(result)} |")


def latency_line(each):
    times = " | ".join(f"{each[name] / 1000:.2f} ms" for name in ("p50", "p99", "p999"))
    return f"| {each['row']} | {each['server']} | {each['loop']} | {times} | {stamp(each)} |"


def table(state):
    lines = [f"Machine: {state['machine']}.", "",
             "| row | measured | baseline | ratio | spread | bar | | date, commit |", "|---|---|---|---|---|---|---|---|",
             *(line(result) for result in state["results"])]
    if state["latencies"]:
        lines += ["", "| row | server | loop | p50 | p99 | p99.9 | date, commit |", "|---|---|---|---|---|---|---|",
                  *(latency_line(each) for each in state["latencies"])]
    return "\n".join(lines) + "\n"


def replace(document, text, writer="bench/run"):
    """The document with `text` between the writer's two lines; all else stays as it is."""
    begin, end = marks(writer)
    if document.count(begin) != 1 or document.count(end) != 1 or document.index(begin) > document.index(end):
        raise ValueError(f"the document must have the lines '{begin}' and '{end}' once, in this order")
    before, rest = document.split(begin, 1)
    return f"{before}{begin}\n{text}{end}{rest.split(end, 1)[1]}"


class Report:
    """What was measured in this run, and what the file has of rows that this run was not asked for."""

    def __init__(self, root, file, names, order, parts=("results", "latencies")):
        self.file, self.order, self.parts = file, order, parts
        self.stamp = {"date": datetime.date.today().isoformat(), "commit": commit(root)}
        kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        # Of a row that is run nothing old is left, whatever becomes of it; and figures of another machine are none.
        same = kept.get("machine") == machine()
        self.state = {"machine": machine(), **{part: [each for each in kept.get(part, []) if same and each["name"] not in names]
                                               for part in parts}}

    def begin(self):
        """Before a row."""
        self.stamp["load"] = os.getloadavg()[0]

    def add(self, name, results, latencies=()):
        self.keep("results", name, [result.as_json() for result in results])
        self.keep("latencies", name, latencies)

    def cannot(self, name, title, reason):
        self.keep("results", name, [{"row": title, "not_measured": " ".join(str(reason).split())}])

    def keep(self, part, name, records):
        """Of a row, in one of the parts."""
        self.state[part] += [{"name": name, **each, **self.stamp} for each in records]
        self.save()

    def save(self):
        for part in self.parts:
            self.state[part].sort(key=lambda each: self.order.index(each["name"]))
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(self.state, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
