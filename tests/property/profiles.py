"""How hard Hypothesis looks: `quick` repeats itself and is what CI runs, `thorough` looks elsewhere every time.

HYPOTHESIS_PROFILE=thorough python -m pytest tests/property
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings

_THOROUGH: Final = 20  # times as many examples
_ALIKE: Final = settings(
    deadline=None,  # the machine may be busy with something else
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],  # `explain` takes longer than reading
)

settings.register_profile("quick", _ALIKE, derandomize=True, database=None, max_examples=100)
settings.register_profile("thorough", _ALIKE, max_examples=100 * _THOROUGH)


def load() -> None:
    """Load the profile that HYPOTHESIS_PROFILE names, `quick` without one."""
    settings.load_profile(_name())


def examples(count: int, **more: object) -> settings:
    """Return settings with so many examples under `quick`, and accordingly more under `thorough`."""
    return settings(max_examples=count * (_THOROUGH if _name() == "thorough" else 1), **more)  # type: ignore[arg-type]


def _name() -> str:
    return os.environ.get("HYPOTHESIS_PROFILE", "quick")
