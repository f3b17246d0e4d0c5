"""What goes on while a person types, and what becomes of it when the process ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = """
import time
from awsactivate.background import Background
def slow():
    time.sleep(0.5)
    print("ended", flush=True)
Background(slow, in_openssl={in_openssl})
"""


@pytest.mark.parametrize(("in_openssl", "said"), [(True, "ended\n"), (False, "")])
def test_a_process_leaves_nobody_behind_in_openssl(in_openssl: bool, said: str) -> None:
    program = SLOW.format(in_openssl=in_openssl)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (said, "", 0)
