"""What every page is held against: axe-core's findings, the Content-Security-Policy, what the first load weighs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# axe-core 4.14.1, MPL-2.0, from npm; loaded through the debugger, so that the page's own policy need not allow it.
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GRAVE = ("serious", "critical")


_ARRIVED = """async () => {
  const moving = document.getAnimations().filter((one) => one.effect.getComputedTiming().iterations !== Infinity);
  await Promise.all(moving.map((one) => one.finished.catch(() => {})));
}"""


@lru_cache(maxsize=1)
def _read_axe() -> str:
    return AXE.read_text(encoding="utf-8")


def find_serious(page: Page) -> list[str]:
    """Return axe's serious and critical findings on what the page shows now, each with the element it is about.

    What is on its way in (a sheet that rises) has arrived first: half a colour has half a contrast.
    """
    if not page.evaluate("() => 'axe' in window"):  # half a megabyte: once for each page
        page.evaluate(f"() => {{ {_read_axe()} }}")
    page.evaluate(_ARRIVED)
    findings: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations", RULES
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]}: {node.get('failureSummary', '')[:200]}"
        for one in findings
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]
