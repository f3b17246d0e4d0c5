"""A process that has imported all that a command needs, and forks for each command line it is given.

One JSON object a line comes in: argv, environ, the files for stdin, stdout and stderr, and `kill_at`: the
number of the step (a call to AWS, a write to the keyring, the index or a file; each counts before and after)
at which the fork kills itself. The status goes out, negative for a signal. Nothing waits in a fork.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def main() -> None:
    import functools

    import boto3
    import keyring.backends.SecretService
    from botocore.loaders import JSONFileLoader

    from awsactivate import cli
    from awsactivate.keychain import system_keyring

    del keyring, system_keyring, cli
    # every client would read the same models anew, which is most of a command's time
    read = functools.cache(JSONFileLoader().load_file)
    JSONFileLoader.load_file = lambda _loader, path: read(path)  # type: ignore[method-assign]
    session = boto3.session.Session(region_name="us-east-1")
    for service in ("iam", "kms", "s3", "sts"):
        session.client(service, aws_access_key_id="x", aws_secret_access_key="x")
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            run(order)
        _pid, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


def run(order: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(order["environ"])
    os.chdir(order["environ"]["HOME"])
    for fd, path in enumerate(order["files"]):
        opened = os.open(path, os.O_RDONLY if fd == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, fd)
        os.close(opened)
    hurry()
    if limit := os.environ.get("TEST_LARGEST_FILE"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    if operation := os.environ.get("TEST_CONFIG_BREAKS_AT"):
        break_config_at(operation)
    if order["kill_at"]:
        count_steps(order["kill_at"])
    from awsactivate import cli

    status = 99
    try:
        status = cli.main(order["argv"])
    finally:
        sys.stderr.flush()
        os._exit(status)


def hurry() -> None:
    """Let waiting take no time, which this process believes to have passed all the same."""
    import time

    now = time.time
    waited = 0.0

    def sleep(seconds: float) -> None:
        nonlocal waited
        waited += seconds

    time.sleep = sleep
    time.time = lambda: now() + waited


def break_config_at(operation: str) -> None:
    """Let nothing be written beside the config any more from the moment of a call to AWS on."""
    from botocore.client import BaseClient

    from awsactivate.aws.direct.client import Client

    def breaks(holder: Any, method: str, name_of: Callable[..., str]) -> None:
        call: Callable[..., Any] = getattr(holder, method)

        def then_broken(*arguments: Any, **named: Any) -> Any:
            answer = call(*arguments, **named)
            if name_of(*arguments) == operation:
                (Path.home() / ".aws").chmod(0o555)
            return answer

        setattr(holder, method, then_broken)

    breaks(BaseClient, "_make_api_call", lambda _client, name, *_: name)
    breaks(Client, "call", lambda _client, called, *_: getattr(called, "name", called))


def count_steps(kill_at: int) -> None:
    from botocore.client import BaseClient

    from awsactivate.aws.direct.client import Client
    from awsactivate.keychain import index
    from harness.file_keyring import FileKeyring

    passed = 0

    def step() -> None:
        nonlocal passed
        passed += 1
        if passed == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(holder: Any, name: str) -> None:
        function: Callable[..., Any] = getattr(holder, name)

        def wrapper(*arguments: Any, **named: Any) -> Any:
            step()
            result = function(*arguments, **named)
            step()
            return result

        setattr(holder, name, wrapper)

    counted(BaseClient, "_make_api_call")
    counted(Client, "call")  # the few calls that are made without botocore
    counted(FileKeyring, "set_password")
    counted(FileKeyring, "delete_password")
    counted(index, "write_entry")
    counted(Path, "replace")
    counted(os, "fsync")


if __name__ == "__main__":
    main()
