"""What becomes of measured rounds: medians, ratios of neighbours in time, their spread, and whether a bar is met."""
import dataclasses
import statistics


class NotMeasured(Exception):
    """A row, or one side of it, could not be run. The words say why."""


@dataclasses.dataclass(frozen=True)
class Bar:
    """Of a ratio; `number` None: nothing was asked for."""
    kind: str = ""  # "at least" or "at most"
    number: float | None = None

    def met(self, ratio):
        if self.number is None:
            return None
        return ratio >= self.number if self.kind == "at least" else ratio <= self.number

    def __str__(self):
        return f"{self.kind} {self.number:g}" if self.number is not None else ""


def at_least(number):
    return Bar("at least", number)


def at_most(number):
    return Bar("at most", number)


@dataclasses.dataclass
class Result:
    """One line of the table. The values are those of the rounds, in their order."""
    row: str
    what: str
    baseline: str
    unit: str  # of both sides: "/s", "µs", ...
    values: list
    baseline_values: list
    bar: Bar = Bar()
    note: str = ""
    worst: bool = False  # the largest ratio decides, not the one in the middle: nothing may be hidden by the others

    @property
    def ratios(self):
        # Of each pair of neighbours in time, so that a machine that slows down in between does not decide.
        return [mine / other for mine, other in zip(self.values, self.baseline_values)]

    @property
    def ratio(self):
        return max(self.ratios) if self.worst else statistics.median(self.ratios)

    @property
    def shown(self):
        """What the ratio is of: the values in the middle, or those of the worst round."""
        if self.worst:
            return max(zip(self.values, self.baseline_values), key=lambda pair: pair[0] / pair[1])
        return statistics.median(self.values), statistics.median(self.baseline_values)

    def as_json(self):
        ratios = self.ratios
        return {"row": self.row, "what": self.what, "baseline": self.baseline, "unit": self.unit,
                "median": self.shown[0], "baseline_median": self.shown[1],
                "values": self.values, "baseline_values": self.baseline_values, "ratio": self.ratio,
                "spread": [min(ratios), max(ratios)], "rounds": len(ratios), "bar": str(self.bar),
                "met": self.bar.met(self.ratio), "note": self.note}


def alternate(sides, rounds, measure):
    """For each of `sides` its rounds' values. All take turns within a round, and in who comes first."""
    values = {side: [] for side in sides}
    for number in range(rounds):
        for side in list(sides) if number % 2 == 0 else reversed(list(sides)):
            values[side].append(measure(side))
    return values


def fastest(values):
    """The name whose median is the highest."""
    return max(values, key=lambda name: statistics.median(values[name]))
