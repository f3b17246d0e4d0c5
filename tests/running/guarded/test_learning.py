"""What a run has learned is written, and what of it could not be is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from awsactivate.errors import AwsactivateError
from awsactivate.guard.call import Asked
from awsactivate.running.guarded import learning

PUT, KEY = Asked("s3:PutObject", "arn:aws:s3:::b/a"), Asked("iam:CreateAccessKey", "*")


def test_the_policy_is_written_and_what_was_refused_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.json"
    learning.write(file, "tool", [PUT], [KEY, KEY])
    assert json.loads(file.read_text())["Statement"][0]["Action"] == "s3:PutObject"
    assert capsys.readouterr().err == (
        f"awsactivate: what tool did is allowed by {file}: --allow {file}\n"
        "awsactivate: note: refused, and not in it: iam:CreateAccessKey\n"
    )


def test_where_it_can_not_be_written_the_person_gets_it_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(AwsactivateError, match="can't be written"):
        learning.write(tmp_path / "gone" / "policy.json", "tool", [PUT], [])
    said = capsys.readouterr().err.removeprefix("awsactivate: what tool did is allowed by ")
    assert json.loads(said)["Statement"][0]["Action"] == "s3:PutObject"
