"""docs/state.md, word by word, with the real terraform; and two runs that want one lock."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path

import pytest

from account.accounts import Account
from e2e.secured import Secured
from harness.shells import SHELLS, Shell
from needs import needs_program

pytestmark = pytest.mark.terraform

PAGE = (Path(__file__).parents[2] / "docs/state.md").read_text("utf-8")
SLOW = """
resource "terraform_data" "slow" {
  triggers_replace = [timestamp()]
  provisioner "local-exec" {
    command = "touch began; until [ -e go ]; do sleep 0.1; done"
  }
}
"""


def commands() -> list[str]:
    """Return the commands of the page, in its order."""
    return [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]


@pytest.fixture
def folder(secured: Secured) -> Path:
    """Give a folder with the page's configuration."""
    needs_program("terraform")
    made = Path(secured.environ["HOME"]) / "infra"
    made.mkdir()
    [text] = re.findall(r"```hcl file=main.tf\n(.*?)```", PAGE, re.DOTALL)
    (made / "main.tf").write_text(text)
    secured.environ["TF_CLI_CONFIG_FILE"] = "/dev/null"
    secured.environ["CHECKPOINT_DISABLE"] = "1"
    return made


def run(shell: Shell, line: str) -> str:
    """Run a line of the page; it must succeed."""
    told = shell.run(line)
    assert shell.status() == 0, f"{line}: {told}"
    return told


@pytest.mark.parametrize("name", SHELLS)
def test_every_command_of_the_page_does_what_it_says(name: str, secured: Secured, folder: Path) -> None:
    secured.make_state()
    shell = secured.shell(name)
    shell.run(f"cd {folder}")
    seen = []
    for line in commands():
        if line.startswith("activate "):
            assert (folder / "terraform.tfstate").stat().st_size > 0
            line += f" --mfa-code {secured.device.code()}"
        told = run(shell, line)
        seen.append(line.split()[0])
        if line.startswith("terraform plan"):
            assert "No changes." in told
            assert '"hello"' in (folder / "terraform.tfstate.backup").read_text()
        if line.startswith("terraform state"):
            assert "terraform_data.greeting" in told
    assert seen.count("terraform") == 5
    # .terraform/ names the backend, and holds no state
    assert sorted(path.name for path in folder.glob("[!.]*")) == ["backend.tf", "main.tf"]
    assert [path for path in folder.rglob("*") if path.is_file() and b"hello" in path.read_bytes()] == [
        folder / "main.tf"
    ]
    s3 = secured.aws.client("s3", secured.admin, "eu-west-1")
    bucket = f"terraform-{secured.account}-eu-west-1-state"
    head = s3.head_object(Bucket=bucket, Key="greeting.tfstate")
    assert head["ServerSideEncryption"] in ("aws:kms", "AES256")
    assert head["VersionId"] != "null"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


@pytest.mark.parametrize("lock", ["s3", "dynamodb", "both"])
def test_of_two_runs_one_waits_or_is_told_who_has_the_lock(lock: str, secured: Secured, folder: Path) -> None:
    account = Account(secured.account, secured.aws.endpoint_url, secured.admin, pause=lambda _seconds: None)
    account.apply(users=("alice",), lock=lock)
    (folder / "main.tf").write_text(SLOW)
    shell = secured.shell("bash")
    shell.run(f"cd {folder}")
    run(shell, f"activate prod --mfa-code {secured.device.code()}")
    run(shell, f"awsactivate bootstrap backend --lock {lock} >backend.tf")
    run(shell, "terraform init -input=false")
    shell.run("env -0 >../session")
    entries = (folder.parent / "session").read_bytes().decode().split("\0")
    environ = dict(entry.partition("=")[::2] for entry in entries if entry)

    def terraform(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["terraform", "apply", "-input=false", "-auto-approve", "-no-color", *words],
            cwd=folder,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    first = terraform()
    until = time.monotonic() + 30
    while not (folder / "began").exists():
        assert first.poll() is None, first.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.05)
    refused = terraform().communicate()[0]
    assert "Error acquiring the state lock" in refused
    assert re.search(r"Who: +\S+@\S+", refused)
    waiting = terraform("-lock-timeout=30s")
    time.sleep(1)
    assert waiting.poll() is None
    (folder / "go").touch()
    assert first.wait(30) == 0
    told = waiting.communicate(timeout=60)[0]
    if lock != "s3" and "unexpected end of JSON input" in told:
        # refused, terraform asks DynamoDB who has the lock, and gives up if it was freed in between
        again = terraform("-lock-timeout=30s")
        told = again.communicate(timeout=60)[0]
        assert again.returncode == 0, told
    else:
        assert waiting.returncode == 0, told
