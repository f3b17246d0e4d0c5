"""`exec --serve` and the real terraform, its state in S3, while the session is renewed under it."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from e2e.secured import Secured
from harness.shells import PROGRAM
from needs import needs_program

pytestmark = pytest.mark.terraform

SLOW = """
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch began; until [ -e go ]; do sleep 0.1; done"
  }
}
"""


def test_terraform_reads_and_writes_its_state_across_a_renewal(secured: Secured) -> None:
    needs_program("terraform")
    secured.make_state()
    home = Path(secured.environ["HOME"])
    folder, document = home / "infra", home / "document.json"
    folder.mkdir()
    (folder / "main.tf").write_text(SLOW)
    with (home / ".aws/config").open("a") as config:
        config.write(f"\n[profile process]\nregion = eu-west-1\ncredential_process = cat {document}\n")
    environ = {**secured.environ, "TF_CLI_CONFIG_FILE": "/dev/null", "CHECKPOINT_DISABLE": "1"}
    backend = subprocess.run(
        [PROGRAM, "bootstrap", "backend", "--profile", "prod", "--mfa-code", secured.device.code()],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    (folder / "backend.tf").write_text(backend.stdout)

    def lasting(seconds: float) -> str:
        session = secured.aws.client("sts", secured.user.credentials).assume_role(
            RoleArn=f"arn:aws:iam::{secured.account}:role/terraform",
            RoleSessionName="alice=0123456789",
            SerialNumber=secured.device.serial,
            TokenCode=secured.device.code(),
        )["Credentials"]
        ends = datetime.fromtimestamp(time.time() + seconds, UTC).isoformat()
        new = document.with_suffix(".new")
        new.write_text(json.dumps({"Version": 1, **session, "Expiration": ends}))
        new.replace(document)
        return str(session["AccessKeyId"])

    first = lasting(20)
    script = (
        "terraform init -input=false -no-color && terraform apply -input=false -auto-approve -no-color && "
        "terraform plan -input=false -no-color -detailed-exitcode"
    )
    child = subprocess.Popen(
        [PROGRAM, "exec", "--serve", "process", "--", "sh", "-c", script],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    while not (folder / "began").exists():
        assert child.poll() is None, child.communicate()[0]
        time.sleep(0.05)
    assert first in signers(secured)
    secured.aws.requests.clear()
    secured.aws.clock.advance(30)  # to the next code; before, AWS's clock would end the first session at once
    second = lasting(3600)
    time.sleep(20)  # until terraform's own copy has ended: it must fetch another to write the state
    (folder / "go").touch()
    told = child.communicate(timeout=120)[0]
    assert child.returncode == 0, told
    assert "Apply complete! Resources: 1 added" in told
    assert "No changes." in told
    assert second in signers(secured)


def signers(secured: Secured) -> set[str | None]:
    """Return the access keys that asked S3 for something."""
    return {request.access_key_id for request in secured.aws.requests if request.service == "s3"}
