"""What all tests share: how long the tests over random values run, and one embedded AWS a process."""

from __future__ import annotations

import functools
import gc
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import botocore.loaders
import pytest
from hypothesis import settings

from deaf_parents import give_children_default_signals

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws
    from harness.desks import Desk, Zygote

give_children_default_signals()

# Nine thousand tests, and the modules of moto, are never garbage: to look through them again and again was a
# tenth of what the tests in this process cost.
gc.set_threshold(50_000, 50, 50)

# The sample is the same in every run, so that a change is what makes it fail; `make test-full` looks for
# new cases. Deadlines measure the machine, which may be busy.
settings.register_profile("sample", deadline=None, derandomize=True, database=None)
settings.register_profile("full", deadline=None, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sample"))

# Each client has a loader of its own, and would decode a service's model of megabytes anew: a third of what
# the tests in this process would cost. A model is only read, so one serves all; but for S3's, which botocore
# changes, and which the embedded AWS wants as it was.
_load_file = botocore.loaders.JSONFileLoader().load_file
_load_file_once = functools.cache(_load_file)
botocore.loaders.JSONFileLoader.load_file = lambda _, path: (
    _load_file(path) if "/s3/" in path else _load_file_once(path)
)


def pytest_collection_finish() -> None:
    """Leave what was collected out of each search for garbage."""
    gc.freeze()


_account_ids = itertools.count(222_200_000_001)


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    """Fail a test whose threads outlive it: one that is busy takes a core from all tests that follow."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        if "process_request_thread" not in thread.name:  # a server's, of a connection that a client keeps
            thread.join(20)
            assert not thread.is_alive(), f"{thread} outlives the test"


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    """One AWS for all tests of this process; a test takes an `account` of its own in it."""
    from awsactivate.demo.aws import EmbeddedAws

    with EmbeddedAws() as aws:
        yield aws


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Make a folder whose path leaves room for a socket's name: macOS has long ones for what is temporary."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def account(embedded_aws: EmbeddedAws) -> Iterator[str]:
    """The id of an account that no other test uses; moved time and faults are undone after the test."""
    account_id = str(next(_account_ids))
    embedded_aws.account(account_id)
    embedded_aws.requests.clear()
    yield account_id
    embedded_aws.levers.restore_defaults()


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """Give the process that forks for each command of a desk."""
    from harness.desks import Zygote

    process = Zygote()
    yield process
    process.close()


@pytest.fixture
def desk(embedded_aws: EmbeddedAws, account: str, tmp_path: Path, zygote: Zygote) -> Desk:
    """Give a person's machine, with the user's key in the credentials file, among other things."""
    from harness.desks import make_desk

    return make_desk(embedded_aws, account, tmp_path, zygote)
