"""Where pushes can go."""

from __future__ import annotations

from typing import Final

PLATFORMS: Final = ("android", "ios", "web")
