"""The table of a run and the results section of docs/performance.md, both from the same data."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.load import targets
from tests.load.targets import Target

Data = dict[str, Any]
HEAD = ("measure", "product", "baseline", "ratio", "target", "met")


@dataclass(frozen=True)
class Line:
    """One line of the table. `judged` is what the target is about: the product's value, or the ratio."""

    label: str
    product: float
    baseline: float | None = None
    target: Target | None = None
    of_ratio: bool = False
    digits: int = 1

    @property
    def ratio(self) -> float | None:
        """Return product ÷ baseline, None when there is nothing to divide by."""
        return self.product / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """Say whether the target is kept; None when there is none."""
        if self.target is None:
            return None
        judged = self.ratio if self.of_ratio else self.product
        return judged is not None and not math.isnan(judged) and self.target.is_met(judged)

    def cells(self) -> tuple[str, ...]:
        """Return the line as text, in the order of HEAD."""
        met = {None: "", True: "yes", False: "NO"}[self.is_met]
        base = "" if self.baseline is None else _number(self.baseline, self.digits)
        ratio = "" if self.ratio is None else f"{self.ratio:.3f}"
        return (self.label, _number(self.product, self.digits), base, ratio, str(self.target or ""), met)


def make_lines(stages: Data) -> list[Line]:
    """Return the lines of the stages that were run, in the order of the issue."""
    return [line for name, make in MAKERS.items() if name in stages for line in make(stages[name])]


def print_table(lines: Iterable[Line]) -> str:
    """Return the table for a terminal."""
    rows = [HEAD, *(line.cells() for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    padded = ((cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join("  ".join(row) for row in padded)


def describe_noise(stages: Data) -> str:
    """Say how much of the serving core others took in the worst run: a busy machine measures badly."""
    runs = [run for run in _list_runs(stages) if "foreign_share" in run]
    foreign, busy, late = (
        max((run[name] for run in runs), default=0.0) for name in ("foreign_share", "generator_busy", "latest_start_ms")
    )
    return (
        f"In the worst run the serving core worked for others {foreign:.0%} of the time (kernel included), the"
        f" generator was busy {busy:.0%} of its core, and a message left {late:.0f} ms after its planned time."
    )


def _list_runs(data: object) -> list[Data]:
    if isinstance(data, list):
        return [run for item in data for run in _list_runs(item)]
    if not isinstance(data, dict):
        return []
    return [data] if "delay_ms" in data else [run for item in data.values() for run in _list_runs(item)]


def write_markdown(data: Data) -> str:
    """Return the results section: the run's circumstances, the table, the profile."""
    rows = [HEAD, ("---",) * len(HEAD), *(line.cells() for line in make_lines(data["stages"]))]
    table = "\n".join(_write_rows([list(row) for row in rows]))
    facts = "\n".join(f"- {name}: {value}" for name, value in data["circumstances"].items())
    parts = [facts, table, describe_noise(data["stages"])]
    if "profile" in data["stages"]:
        parts.append(_write_profile(data["stages"]["profile"]))
    return "\n\n".join(parts) + "\n"


def _write_profile(loads: Data) -> str:
    """Two tables, the loads side by side: parts of the house, and functions by own time."""
    names = list(loads)
    head = ["", *(f"{name}, µs per message" for name in names)]
    lines = [
        "### Where the server's CPU time goes",
        "",
        "cProfile over every thread of one server process, CPU time. Profiling about doubles the cost of Python code,",
        "so proportions count, not sums.",
        "",
        *_write_rows([head, ["---"] * len(head), *_side_by_side([loads[name]["parts"] for name in names])]),
    ]
    for name in names:
        top = [[f"`{_plain(row['function'])}`", f"{row['micros']:.0f}"] for row in loads[name]["own_time"][:15]]
        lines += ["", *_write_rows([[f"{name}: function", "own µs per message"], ["---", "---"], *top])]
    return "\n".join(lines)


def _side_by_side(columns: list[dict[str, float]]) -> list[list[str]]:
    return [[key, *(f"{column.get(key, 0.0):.0f}" for column in columns)] for key in columns[0]]


def _write_rows(rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in rows]


def _plain(name: str) -> str:
    return name.replace("|", "/").replace("`", "'")


def _saturation(stage: Data) -> list[Line]:
    product, baseline = stage["product"], stage["baseline"]
    rate = "messages_per_second"
    rates = _mid(product, rate), _mid(baseline, rate)
    lines = [
        Line("saturation, messages/s", *rates, targets.SATURATION, True, 0),
        Line("… CPU s per 1,000 messages", _cost(product), _cost(baseline), digits=3),
    ]
    return [*lines, *_cost_lines("… …", product, baseline), *_health_lines("… ", product, baseline)]


def _latency(stage: Data) -> list[Line]:
    lines: list[Line] = []
    for rate in stage["product"][0]:
        product, baseline = ([run[rate] for run in stage[name]] for name in ("product", "baseline"))
        is_judged = rate == "200"
        for quantile in ("p50", "p90", "p99", "max"):
            own, other = (_mid(runs, "delay_ms", quantile) for runs in (product, baseline))
            target = {"p50": targets.DELIVERY_P50_MS, "p99": targets.DELIVERY_P99}.get(quantile)
            of_ratio = quantile == "p99"
            label = f"delivery at {rate}/s, {quantile}, ms"
            lines.append(Line(label, own, other, target if is_judged else None, of_ratio, 2))
        target = targets.CPU_SHARE if is_judged else None
        label = f"CPU at {rate}/s, s per 1,000 messages"
        lines.append(Line(label, _cost(product), _cost(baseline), target, True, 3))
        lines += _cost_lines("…", product, baseline) + _health_lines(f"at {rate}/s, ", product, baseline)
    return lines


def _idle(stage: Data) -> list[Line]:
    lines = []
    for count, product in stage["product"].items():
        baseline = stage["baseline"].get(count)
        for kind, target in (("rss", targets.IDLE_SOCKET_KB), ("pss", None)):
            key, label = f"{kind}_per_socket", f"idle socket of {count}, kB {kind.upper()}"
            other = baseline[key] / 1000 if baseline else None
            lines.append(Line(label, product[key] / 1000, other, target))
        lines.append(Line(f"… closed by the server of {count}", product["lost"], digits=0))
    return lines


def _storm(stage: Data) -> list[Line]:
    lines = []
    for kind, storm in stage.items():
        name = f"storm of {storm['sockets']:,} ({kind})"
        twice, none = storm["disconnected_twice"], targets.DISCONNECTED_TWICE
        lines += [
            Line(f"{name}, all caught up, s", storm["seconds"], None, targets.STORM_SECONDS, digits=2),
            Line(f"{name}, p50, s", storm["back_ms"]["p50"] / 1000, digits=2),
            Line("… disconnected twice", twice, None, none, digits=0),
            Line("… not exactly what was missed", storm["incomplete"], None, none, digits=0),
        ]
    return lines


def _history(stage: Data) -> list[Line]:
    full, none = (_mid(stage[name], "messages_per_second") for name in ("full", "none"))
    label = f"saturation with {stage['messages']:,} stored ÷ with none"
    return [Line(label, full, none, targets.HISTORY_SHARE, True, 0)]


def _processes(stage: Data) -> list[Line]:
    two, one = (_mid(stage[name], "messages_per_second") for name in ("two", "one"))
    return [Line("two processes on the core ÷ one", two, one, targets.TWO_PROCESSES_SHARE, True, 0)]


def _generator(stage: Data) -> list[Line]:
    rate = stage["messages_per_second"]
    return [Line("generator's own ceiling, messages/s", rate, None, targets.GENERATOR_RATE, digits=0)]


MAKERS: dict[str, Callable[[Data], list[Line]]] = {
    "saturation": _saturation,
    "latency": _latency,
    "idle": _idle,
    "storm": _storm,
    "history": _history,
    "processes": _processes,
    "generator": _generator,
}


def _cost_lines(indent: str, product: list[Data], baseline: list[Data]) -> list[Line]:
    groups = product[0]["cpu_per_1000"]
    return [
        Line(f"{indent} {group}", _mid(product, "cpu_per_1000", group), _cost_of(baseline, group), digits=3)
        for group in groups
    ]


def _cost_of(runs: list[Data], group: str) -> float | None:
    return _mid(runs, "cpu_per_1000", group) if group in runs[0]["cpu_per_1000"] else None


def _health_lines(prefix: str, product: list[Data], baseline: list[Data]) -> list[Line]:
    """Lines that should be dull: shown only when something went wrong in a run."""
    lines = []
    for label, count in (("unfinished", lambda run: run["unfinished"]), ("refused", _count_refusals)):
        own, other = (sum(map(count, runs)) for runs in (product, baseline))
        if own or other:
            lines.append(Line(f"{prefix}messages {label}", own, other, digits=0))
    return lines


def _count_refusals(run: Data) -> int:
    return sum(run["refusals"].values())


def _cost(runs: list[Data]) -> float:
    return median(float(sum(run["cpu_per_1000"].values())) for run in runs)


def _mid(runs: list[Data], *path: str) -> float:
    values = []
    for run in runs:
        value: Any = run
        for step in path:
            value = value[step]
        values.append(float("nan") if value is None else float(value))
    return median(values)


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}"
