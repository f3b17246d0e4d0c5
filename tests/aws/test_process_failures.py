"""What a command line of a credential_process needs is told with the way to write it."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
from botocore.exceptions import CredentialRetrievalError

from awsactivate.aws.process_failures import NoTextError, told

NOT_THERE = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
MAY_NOT = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
BY_HAND = "by hand"


def failed(said: str = "") -> CredentialRetrievalError:
    return CredentialRetrievalError(provider="custom-process", error_msg=said)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have programs in the present folder that can't be started, each for its reason."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crlf").write_bytes(b"#!/bin/sh\r\ntrue\r\n")
    (tmp_path / "My Tools").mkdir()
    (tmp_path / "My Tools" / "sign").touch()


@pytest.mark.parametrize(
    ("error", "command", "said", "hint"),
    [
        (NOT_THERE, "gone --json", "'gone' is not there", "whole path"),
        (NOT_THERE, "gone --mfa-token=$(code) --json", "'gone' is not there", "no shell reads it"),
        (NOT_THERE, "./crlf", "names in its first line a program that is not there", "carriage return"),
        (NOT_THERE, "My Tools/sign --json", "'My' is not there: a space ends it", "double quotes"),
        (NOT_THERE, r"C:\tools\sign.exe x", "a \\ stands for the character behind it", "single quotes"),
        (NOT_THERE, "AWS_PROFILE=x sign", "no shell sets a variable for it", "begin with env"),
        (NOT_THERE, "~/sign", "no shell expands ~", "sh -c"),
        (NOT_THERE, "x" * 300 + " y", "is not there", "whole path"),
        (MAY_NOT, ".", "'.' is a folder, not a program", ""),
        (MAY_NOT, "./crlf", "may not be run", "chmod +x ./crlf"),
        (MAY_NOT, '""', "credential_process '' names no program", "take the line out"),
        (
            failed("cat: '|': no such file"),
            "cat file | jq .",
            "failed (exit status 3): cat",
            "no shell reads",
        ),
        (failed(), "sh -c 'a | b'", "failed (exit status 3)", BY_HAND),
        (failed("Unsupported version '1' for"), "sign", 'printed "1" as Version', BY_HAND),
        (json.JSONDecodeError("Unexpected UTF-8 BOM", "\ufeff{}", 0), "sign", "a byte order mark", BY_HAND),
        (RecursionError(), "sign", "JSON that is no credential_process document", BY_HAND),
        (NoTextError("SecretAccessKey is empty, or no text"), "sign", "in which SecretAccessKey", BY_HAND),
        (
            ValueError("Expected str or unicode, received <class 'int'>."),
            "sign",
            "a value is no text",
            BY_HAND,
        ),
        (TypeError("naive and aware"), "sign", "an Expiration that is no time", BY_HAND),
    ],
    ids=range(19),
)
def test_what_a_process_wants_is_told(error: Exception, command: str, said: str, hint: str) -> None:
    message, found = told(error, command, 3)
    assert said in message
    assert hint in (found or "")


def test_the_signal_that_ended_a_process_is_told() -> None:
    assert told(failed(), "sign", -9)[0] == "credential_process 'sign' failed (ended by signal 9)"
