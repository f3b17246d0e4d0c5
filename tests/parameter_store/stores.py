"""The console script run against an account of the embedded AWS, and that account's Parameter Store."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from awsactivate.aws.parameters import Ssm
from awsactivate.aws.refusals import refused
from awsactivate.sessions.credentials import Credentials

PROGRAM = str(Path(sys.executable).parent / "awsactivate")


@dataclass(frozen=True)
class Answer:
    """What a run of the console script came to."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Store:
    """Somebody's way to a Parameter Store, by our program, and by SSM itself."""

    environ: Mapping[str, str]
    ssm: Any
    folder: Path

    def secrets(self, *words: str, stdin: str | bytes = b"", **environ: str) -> Answer:
        """Run `awsactivate secrets WORDS` without a terminal."""
        done = self.run(PROGRAM, "secrets", *words, stdin=stdin, **environ)
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run(
        self, *command: str, stdin: str | bytes = b"", **environ: str
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command as this somebody, in this folder, without a terminal."""
        return subprocess.run(
            list(command),
            env={**self.environ, **environ},
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            cwd=self.folder,
            start_new_session=True,
            check=False,
        )

    def put(self, name: str, value: str, *, description: str = "1", kind: str = "SecureString") -> None:
        """Put a parameter as chamber, or by another description as somebody else, does."""
        self.ssm.put_parameter(Name=name, Value=value, Type=kind, Description=description, Overwrite=True)

    def values(self, path: str) -> dict[str, str]:
        """Return what stands on a path."""
        pages = self.ssm.get_paginator("get_parameters_by_path").paginate(Path=path, WithDecryption=True)
        return {found["Name"]: found["Value"] for page in pages for found in page["Parameters"]}


class Asked(Ssm):
    """A Parameter Store that a client of botocore asks, once each time."""

    def __init__(self, ssm: Any) -> None:
        self._ssm = ssm

    def read(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an operation."""
        try:
            answer: Mapping[str, Any] = getattr(self._ssm, xform_name(operation))(**parameters)
        except ClientError as error:
            raise refused(error) from error
        return answer


def environment(endpoint_url: str, credentials: Credentials, home: Path) -> dict[str, str]:
    """Return the environment of a shell that holds `credentials`, and nothing of this machine's."""
    environ = {
        "HOME": str(home),
        "PATH": f"{Path(PROGRAM).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
    }
    if credentials.session_token:
        environ["AWS_SESSION_TOKEN"] = credentials.session_token
    return environ
