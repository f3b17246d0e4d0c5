"""What stands around the code: where weaknesses go, what a report asks for, what a commit is held to."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def test_a_weakness_goes_a_private_way_that_is_nobodys_address() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    assert "*Report a vulnerability*" in text
    assert not re.search(r"\S+@\S+\.\w", text)
    assert "SECURITY.md" in (ROOT / "CODE_OF_CONDUCT.md").read_text()


def test_the_commit_hook_is_make_lint_and_nothing_else() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    (hook,) = repository["hooks"]
    assert (repository["repo"], hook["entry"], hook["always_run"]) == ("local", "make lint", True)
    assert hook["pass_filenames"] is False


def test_each_change_is_tested_by_the_two_commands_that_anybody_has() -> None:
    (job,) = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make test", "make lint"]
    assert [system.partition("-")[0] for system in job["strategy"]["matrix"]["os"]] == ["ubuntu", "macos"]
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    tried = [
        f"Programming Language :: Python :: {version}" for version in job["strategy"]["matrix"]["python"]
    ]
    assert tried == [line for line in told if re.search(r":: 3\.\d+$", line)]


def test_what_takes_long_is_tested_by_the_clock() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/long.yml").read_text())
    assert "schedule" in workflow[True]  # `on`, as YAML reads it
    (job,) = workflow["jobs"].values()
    assert job["steps"][-1]["run"].endswith("make test-long test-full")


@pytest.mark.parametrize("form", [form for form in FORMS if form.name != "config.yml"], ids=lambda f: f.stem)
def test_a_form_is_one_that_the_forge_takes(form: Path) -> None:
    """https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests"""
    document: dict[str, Any] = yaml.safe_load(form.read_text())
    assert {"name", "description", "body"} <= set(document)
    fields = [part for part in document["body"] if part["type"] != "markdown"]
    assert len({field["id"] for field in fields}) == len(fields) > 1
    for field in fields:
        assert field["type"] in ("textarea", "input")
        assert field["attributes"]["label"]


def test_a_report_brings_what_the_doctor_found() -> None:
    body = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/bug.yml").read_text())["body"]
    (doctor,) = [part for part in body if part.get("id") == "doctor"]
    assert doctor["attributes"]["label"] == "awsactivate doctor --json"
    assert doctor["validations"]["required"]


@pytest.mark.long
def test_make_dev_opens_the_persons_shell_on_what_is_installed_here(tmp_path: Path) -> None:
    shell = tmp_path / "shell"
    shell.write_text('#!/bin/sh\nprintf "%s\\n" "${PATH%%:*}" "$VIRTUAL_ENV" >"$TOLD"\n')
    shell.chmod(0o755)
    told = tmp_path / "told"
    environ = {**os.environ, "SHELL": str(shell), "TOLD": str(told)}
    subprocess.run(["make", "-o", ".venv/stamps/work", "dev"], cwd=ROOT, env=environ, check=True)
    assert told.read_text().splitlines() == [str(ROOT / ".venv/bin"), str(ROOT / ".venv")]
