"""`thresher models` and `thresher doctor` as a user types them."""

import json
from pathlib import Path

import pytest

from thresher.app.cli.main import run_command
from thresher.app.locations import Locations


def test_add_list_verify_use_remove(
    home: Locations, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["models", "add", str(tiny_model)]) == 0
    assert run_command(["models", "add", str(tiny_model)]) == 2
    assert "installed" in capsys.readouterr().err
    assert run_command(["models", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [model["name"] for model in listed["installed"]] == ["tiny"]
    assert sum(base["recommended"] for base in listed["catalogue"]) == 1
    assert run_command(["models", "use", "tiny"]) == 0
    assert "model: tiny" in home.settings.read_text()
    assert run_command(["models", "verify"]) == 0
    assert "tiny: good" in capsys.readouterr().out
    (home.models / "tiny" / "config.json").write_text("{}")
    assert run_command(["models", "verify", "tiny", "--json"]) == 1
    assert "config.json" in json.loads(capsys.readouterr().out)["tiny"][0]
    assert run_command(["models", "remove", "tiny"]) == 0
    assert run_command(["models", "list"]) == 0
    assert "No model is installed" in capsys.readouterr().out


def test_pull_without_a_name_recommends_and_does_not_guess(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["models", "pull"]) == 2
    err = capsys.readouterr().err
    assert "For this machine" in err
    assert "thresher models pull" in err


@pytest.mark.parametrize("command", ["verify", "use", "remove"])
def test_no_such_model_is_code_three(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["models", command, "none"]) == 3
    assert "no model named 'none'" in capsys.readouterr().err


def test_doctor_fails_without_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["doctor", "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert {"subject", "level", "detail", "remedy"} == findings[0].keys()
    assert run_command(["doctor"]) == 1
    assert "-> Run `thresher models pull starter`." in capsys.readouterr().out


def test_doctor_is_content_with_the_starter(home_with_starter: Locations) -> None:
    assert run_command(["doctor"]) == 0
