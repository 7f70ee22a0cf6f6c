"""Static files go out compressed, whatever directory they come from, and as they are to whoever asks for that."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from server.foundation.static_files import CompressedStaticFiles

SCRIPT = b"export const words = 'warm';\n" * 50


@pytest.fixture
def files(tmp_path: Path, settings: Settings) -> CompressedStaticFiles:
    """A folder with a script and a picture, as the middleware serves it."""
    (tmp_path / "page.js").write_bytes(SCRIPT)
    (tmp_path / "icon.png").write_bytes(SCRIPT)
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    return CompressedStaticFiles(lambda request: HttpResponse(status=404))


def ask(files: CompressedStaticFiles, path: str, encoding: str, mark: str = "") -> HttpResponse:
    """Return the answer to one request."""
    request: HttpRequest = RequestFactory().get(
        path, headers={"Accept-Encoding": encoding} | ({"If-None-Match": mark} if mark else {})
    )
    answer: HttpResponse = files(request)
    return answer


def read(answer: HttpResponse) -> bytes:
    """Return the whole body of an answer."""
    body: bytes = answer.getvalue()
    request_finished.disconnect(close_old_connections)  # as Django's own client does: the test has no database
    answer.close()
    request_finished.connect(close_old_connections)
    return body


def test_a_script_goes_out_gzipped(files: CompressedStaticFiles) -> None:
    answer = ask(files, "/static/page.js", "gzip, deflate, br")
    body = read(answer)
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert int(answer["Content-Length"]) == len(body) < len(SCRIPT) / 5
    assert gzip.decompress(body) == SCRIPT


def test_who_takes_no_gzip_gets_the_file_itself(files: CompressedStaticFiles) -> None:
    answer = ask(files, "/static/page.js", "identity")
    assert not answer.has_header("Content-Encoding")
    assert read(answer) == SCRIPT


def test_a_picture_is_left_as_it_is(files: CompressedStaticFiles) -> None:
    answer = ask(files, "/static/icon.png", "gzip")
    assert not answer.has_header("Content-Encoding")
    assert read(answer) == SCRIPT


@pytest.mark.parametrize("path", ["/static/page.js", "/static/icon.png"])
def test_a_kept_file_is_asked_about_before_each_use(files: CompressedStaticFiles, path: str) -> None:
    first = ask(files, path, "gzip")
    read(first)
    again = ask(files, path, "gzip", mark=first["ETag"])
    assert "no-cache" in first["Cache-Control"]
    assert again.status_code == 304
    assert read(again) == b""


def test_another_content_of_the_same_size_and_date_is_another_file(
    files: CompressedStaticFiles, tmp_path: Path, settings: Settings
) -> None:
    known, dates = ask(files, "/static/page.js", "gzip"), (tmp_path / "page.js").stat()
    read(known)
    (tmp_path / "page.js").write_bytes(SCRIPT.replace(b"warm", b"cold"))
    os.utime(tmp_path / "page.js", ns=(dates.st_atime_ns, dates.st_mtime_ns))
    updated = CompressedStaticFiles(lambda request: HttpResponse(status=404))
    answer = ask(updated, "/static/page.js", "gzip", mark=known["ETag"])
    assert answer.status_code == 200
    assert gzip.decompress(read(answer)) == SCRIPT.replace(b"warm", b"cold")


def test_without_room_for_twins_files_go_as_they_are(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.js").write_bytes(SCRIPT)
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = False
    monkeypatch.setattr(CompressedStaticFiles, "_compress", _fail)
    answer = ask(CompressedStaticFiles(lambda request: HttpResponse(status=404)), "/static/page.js", "gzip")
    assert read(answer) == SCRIPT


def _fail(_: CompressedStaticFiles, path: Path) -> Path:
    raise OSError(28, "No space left on device", str(path))
