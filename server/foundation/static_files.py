"""Static files, sent compressed: gzipped once when the process starts, whatever directory they come from.

A browser keeps them and asks each time whether they still hold, so that after an update no page runs on a mixture of
old modules and new ones. The mark it asks by is of the contents: files of one image may all carry the same date.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any, Final
from weakref import finalize
from wsgiref.headers import Headers

from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

_COMPRESSIBLE: Final = (".js", ".css", ".svg", ".webmanifest", ".json", ".txt")


class CompressedStaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise carries no types
    """WhiteNoise, with a gzipped twin beside each text file. No step before `make run`, nothing in the source.

    The twins live in a directory of this process and go with it. Where none can be written, files go as they are.
    """

    def __init__(self, get_response: Any = None) -> None:
        self._twins = Path(mkdtemp(prefix="warmlijn-static-"))
        finalize(self, rmtree, self._twins, ignore_errors=True)
        super().__init__(get_response)

    def get_static_file(
        self, path: str, url: str, stat_cache: Mapping[str, os.stat_result] | None = None
    ) -> StaticFile:
        """Return the file with its twin, if it has one."""
        plain = super().get_static_file(path, url, stat_cache)
        if not path.endswith(_COMPRESSIBLE):
            return plain
        try:
            twin = self._compress(Path(path))
        except OSError:
            return plain
        _, headers = plain.alternatives[-1][1:]
        return StaticFile(path, headers, encodings={"gzip": str(twin)})

    def add_cache_headers(self, headers: Headers, path: str, url: str) -> None:
        """Let it be kept, and asked about before each use: "unchanged" is an answer without a body."""
        headers["Cache-Control"] = "no-cache, public"
        headers["ETag"] = f'"{sha256(Path(path).read_bytes()).hexdigest()[:32]}"'

    def _compress(self, path: Path) -> Path:
        content = path.read_bytes()
        twin = self._twins / f"{sha256(str(path).encode()).hexdigest()}.gz"
        twin.write_bytes(gzip.compress(content, compresslevel=9, mtime=0))
        return twin
