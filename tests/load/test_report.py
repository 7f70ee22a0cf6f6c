"""The table: what is judged, what counts as met, and that a missing number never passes."""

import math

import pytest

from tests.load import targets
from tests.load.report import Line, describe_noise, make_lines, print_table, write_markdown
from tests.load.traffic import summarise


def make_run(rate: float, **more: object) -> dict[str, object]:
    """Return one run of a closed loop."""
    cost = {"server": 0.2, "database": 0.1}
    dull = {"unfinished": 0, "refusals": {}, "foreign_share": 0.01, "generator_busy": 0.2}
    dull |= {"latest_start_ms": 1.0, "delay_ms": summarise([1.0])}
    return {"messages_per_second": rate, "cpu_per_1000": cost, **dull, **more}


def make_stages(*product: float, baseline: float = 100.0) -> dict[str, object]:
    """Return the data of a run with only the saturation stage."""
    runs = [make_run(rate) for rate in product]
    return {"saturation": {"product": runs, "baseline": [make_run(baseline)]}}


def test_the_median_of_the_runs_is_judged_by_its_ratio() -> None:
    line = make_lines(make_stages(100, 800, 9000))[0]

    assert (line.product, line.ratio, line.is_met) == (800, 8.0, True)


def test_a_ratio_below_the_target_is_not_met() -> None:
    assert make_lines(make_stages(699))[0].is_met is False


@pytest.mark.parametrize("target", [targets.SATURATION, targets.CPU_SHARE])
def test_a_missing_number_is_never_met(target: targets.Target) -> None:
    assert Line("x", math.nan, 1.0, target, of_ratio=True).is_met is False
    assert Line("x", 1.0, None, target, of_ratio=True).is_met is False


def test_messages_that_never_arrived_are_shown() -> None:
    stages = {"saturation": {"product": [make_run(800, unfinished=3)], "baseline": [make_run(100)]}}

    assert "messages unfinished" in print_table(make_lines(stages))
    assert "unfinished" not in print_table(make_lines(make_stages(800)))


def test_noise_is_the_worst_run() -> None:
    assert "others 1% " in describe_noise(make_stages(800))
    noisy = {"history": {"none": [make_run(1, foreign_share=0.42)]}, **make_stages(800)}
    assert "42%" in describe_noise(noisy)


def test_the_document_has_circumstances_and_table() -> None:
    text = write_markdown({"circumstances": {"commit": "abc"}, "stages": make_stages(800)})

    assert "- commit: abc" in text
    assert "| saturation, messages/s | 800 | 100 | 8.000 | ≥ 7 | yes |" in text


def test_quantiles_are_values_that_happened() -> None:
    summary = summarise([float(value) for value in range(1, 101)])

    assert (summary["p50"], summary["p99"], summary["max"]) == (51.0, 100.0, 100.0)
    assert math.isnan(summarise([])["p99"])
