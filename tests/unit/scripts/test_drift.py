"""What `make check` asks a deployment is the example's own words, completed but never overruled."""

from pathlib import Path

import pytest

from scripts.drift import ask, production, read_example


def test_reads_what_the_example_gives_and_leaves_its_defaults(tmp_path: Path) -> None:
    example = tmp_path / ".env.example"
    example.write_text("# a sentence\nAPP_ENV=prod\n\n#LOG_LEVEL=INFO\nALLOWED_ORIGINS=https://a.example?b=c\n")

    assert read_example(example) == {"APP_ENV": "prod", "ALLOWED_ORIGINS": "https://a.example?b=c"}


def test_production_keeps_the_examples_settings(tmp_path: Path) -> None:
    settings = production(tmp_path)

    assert settings.items() >= read_example().items()
    assert settings["APP_ENV"] == "prod"
    assert len(settings["SECRET_KEY"]) >= 50
    assert Path(settings["KEYRING_FILE"]).parent == tmp_path


def test_a_command_that_fails_is_a_no_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not ask({"VAR_DIRECTORY": str(tmp_path)}, "no_such_command")
    assert "no_such_command" in capsys.readouterr().err
