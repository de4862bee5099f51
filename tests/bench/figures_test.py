"""What bench/run and bench/hostile compute and write down, without measuring anything."""
import json
import pathlib
import re
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "rows"), str(ROOT / "bench" / "hostile")]
import figures  # noqa: E402
import long  # noqa: E402
import report  # noqa: E402
import seed  # noqa: E402
import told as hostile  # noqa: E402


def result(values, baseline, bar=figures.Bar(), **more):
    return figures.Result("a row", "this", "that", "/s", values, baseline, bar, **more)


class Figures(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_ratios_of_neighbours(self):
        # The machine becomes ten times as slow after the first round: medians of each side by themselves would say 2 / 1.
        told = result([20, 2, 2], [10, 1, 4]).as_json()
        self.assertEqual((told["ratio"], told["spread"]), (2, [0.5, 2]))
        self.assertEqual((told["median"], told["baseline_median"], told["rounds"]), (2, 4, 3))

    def test_a_bar_is_met_at_its_number_and_missed_beyond(self):
        self.assertEqual([figures.at_least(2).met(ratio) for ratio in (1.99, 2, 3)], [False, True, True])
        self.assertEqual([figures.at_most(2).met(ratio) for ratio in (1.99, 2, 3)], [True, True, False])
        self.assertIsNone(figures.Bar().met(1))

    def test_sides_take_turns_and_who_begins_changes(self):
        order = []
        values = figures.alternate(["a", "b"], 3, lambda side: order.append(side) or len(order))
        self.assertEqual(order, ["a", "b", "b", "a", "a", "b"])
        self.assertEqual(values, {"a": [1, 4, 5], "b": [2, 3, 6]})

    def test_the_fastest_is_who_has_the_highest_median(self):
        self.assertEqual(figures.fastest({"lucky once": [1, 1, 100], "steady": [2, 2, 2]}), "steady")

    def test_flat_is_about_the_worst_window_beside_the_first(self):
        told = long.flat("a row", "p99", "µs", [10, 30, 10, 10, 10, 10, 10]).as_json()
        self.assertEqual((told["ratio"], told["met"]), (3, False))
        self.assertTrue(long.flat("a row", "p99", "µs", [10, 12, 9, 8]).as_json()["met"])


class Table(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.file = pathlib.Path(place.name) / "run.json"

    def report(self, *names):
        return report.Report(ROOT, self.file, names, ["one", "two"])

    def test_only_what_stands_between_the_two_lines_is_replaced(self):
        begin, end = report.marks("bench/run")
        others = "\n".join(report.marks("bench/hostile"))
        document = f"before\n{begin}\nold\n{end}\n{others}\nafter\n"
        self.assertEqual(report.replace(document, "new\n"), f"before\n{begin}\nnew\n{end}\n{others}\nafter\n")
        for wrong in ("nothing", begin, f"{end}\n{begin}", document + document):
            with self.assertRaises(ValueError):
                report.replace(wrong, "new\n")

    def test_the_worst_decides_where_nothing_may_be_hidden(self):
        self.assertEqual(result([1, 1, 5], [1, 1, 1], figures.at_most(2)).as_json()["met"], True)
        told = result([1, 1, 5], [1, 1, 1], figures.at_most(2), worst=True).as_json()
        self.assertEqual((told["met"], told["median"], told["baseline_median"]), (False, 5, 1))

    def test_a_row_has_its_figures_its_bar_its_date_and_its_commit(self):
        told = self.report("one")
        told.add("one", [result([1000, 1000], [500, 400], figures.at_least(2))])
        line = next(line for line in report.table(told.state).splitlines() if line.startswith("| a row"))
        for part in ("1,000/s", "450/s", "| 2.25 |", "2.00 to 2.50, 2 rounds", "at least 2", "| met |", told.stamp["commit"], told.stamp["date"]):
            self.assertIn(part, line)
        self.assertIn(report.machine(), report.table(told.state))

    def test_a_row_says_how_busy_the_machine_was_before_it(self):
        told = self.report("one")
        told.begin()
        told.add("one", [result([1], [1])])
        self.assertIn(f"{told.stamp['commit']}, load {told.stamp['load']:.1f} before |", report.table(told.state))

    def test_a_missed_bar_is_said(self):
        told = self.report("one")
        told.add("one", [result([100], [100], figures.at_least(2))])
        self.assertIn("| **missed** |", report.table(told.state))

    def test_of_a_row_that_could_not_be_run_nothing_old_is_left(self):
        self.report("one", "two").add("one", [result([7777], [1])])
        told = self.report("one")
        told.cannot("one", "a row", "no\nserver")
        text = report.table(told.state)
        self.assertIn("NOT MEASURED: no server", text)
        self.assertNotIn("7,777", text)

    def test_a_row_that_was_not_asked_for_keeps_its_figures_with_their_date(self):
        self.report("two").add("two", [result([7777], [1])])
        kept = json.loads(self.file.read_text())
        kept["results"][0]["date"] = "2001-02-03"
        self.file.write_text(json.dumps(kept))
        told = self.report("one")
        told.add("one", [result([1], [1])])
        lines = [line for line in report.table(told.state).splitlines() if line.startswith("| a row")]
        self.assertIn("2001-02-03", lines[1])  # in the order of the rows
        self.assertNotIn("2001-02-03", lines[0])

    def test_figures_of_another_machine_are_not_kept(self):
        self.report("two").add("two", [result([7777], [1])])
        self.file.write_text(json.dumps({**json.loads(self.file.read_text()), "machine": "another"}))
        self.assertEqual(self.report("one").state["results"], [])

    def test_the_document_has_the_two_lines(self):
        text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
        for writer in ("bench/run", hostile.WRITER):
            self.assertIn("new\n", report.replace(text, "new\n", writer))


def case(name="co-terms", alone=1.0, beside=3.0, **more):
    waits = {kind: {"p50": 0.1, "p99": alone, "max": 5, "samples": 100, "failures": 0} for kind in hostile.KINDS}
    return {"name": name, "alone": waits, "attacked": {kind: {**each, "p99": beside} for kind, each in waits.items()},
            "outcomes": {"200": {"count": 9, "longest": 0.5}}, "memory_peak": 20, "memory_idle": 10, "memory_after": 15, "stop": 0.5,
            "recovery": 0, "exit_code": 0, "users": 100_000, "rounds": 4, "seconds": 2, "date": "2001-02-03", "commit": "abc", **more}


class Hostile(unittest.TestCase):
    def test_a_case_says_what_one_request_took_what_it_was_answered_and_which_option_bounds_it(self):
        probe = {"outcomes": {"400 tooMany: a | b": {"count": 1, "longest": 1.25}}}
        line = hostile.line(case(probe=probe))
        for part in ("| 1.25 s |", "| 400 tooMany: a \\| b |", "| `max_work` |", "| 3.0 (3.0 ms) |", "| 20 MB |", "| met |", "2001-02-03 abc"):
            self.assertIn(part, line)

    def test_where_no_request_was_made_alone_the_longest_of_the_attack_stands(self):
        self.assertIn("| 0.50 s at most | 200 |", hostile.line(case()))

    def test_a_wait_beyond_the_bar_is_said_and_one_that_cannot_be_compared_too(self):
        self.assertIn("| met |", hostile.line(case(beside=3.0)))
        for beside, alone in ((3.1, 1.0), (3.0, 0)):
            self.assertIn("| **beyond** |", hostile.line(case(alone=alone, beside=beside)))
        self.assertNotIn("beyond", hostile.line(case(hostile.CONTROL, beside=9)))

    def test_a_server_that_does_not_end_is_said(self):
        self.assertIn("**not within 15 s**", hostile.line(case(stop=None)))

    def test_the_options_that_bound_cases_are_documented(self):
        known = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"), re.MULTILINE))
        flags = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
        for limit in filter(None, hostile.LIMITS.values()):
            self.assertTrue(limit in flags if limit.startswith("--") else limit.split("::")[-1] in known, limit)


class Seed(unittest.TestCase):
    def test_users_have_about_a_kilobyte_and_are_the_same_each_time(self):
        self.assertEqual(seed.user(7), seed.user(7))
        self.assertTrue(900 < len(json.dumps(seed.user(7), separators=(",", ":"))) < 1_400)

    def test_groups_have_a_long_tail_and_members_that_there_are(self):
        users = 5_000
        sizes = seed.sizes(users)
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        self.assertEqual(sizes[:seed.LARGE_GROUPS], [seed.LARGE] * seed.LARGE_GROUPS)
        self.assertLess(sorted(sizes)[len(sizes) // 2], seed.LARGE / 5)
        all_of_them = list(seed.resources(users))
        self.assertEqual(all_of_them, list(seed.resources(users)))
        members = {member["value"] for each in all_of_them for member in each.get("members", ())}
        self.assertTrue(members <= {each["id"] for each in all_of_them if "userName" in each})
        self.assertFalse(members & {seed.user_id(number) for number in range(users - seed.OUTSIDE, users)})


if __name__ == "__main__":
    unittest.main()
