"""`awsactivate secrets exec` and `export`: values for one command, or as a file."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from awsactivate.commands.secrets.services import read_for_terraform
from awsactivate.errors import AwsError
from parameter_store.stores import PROGRAM, Answer, Asked, Store
from parameter_store.test_fetch import allowing

if TYPE_CHECKING:
    from awsactivate.demo.aws import EmbeddedAws

HOSTILE = "$(touch pwned) `x` ${HOME} 'q' \"d\" \\ %{y}\n\ttwo\n"
_SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


def child(answer: Answer) -> dict[str, str]:
    """Return the environment that a child told of."""
    assert answer.status == 0, answer.stderr
    found: dict[str, str] = json.loads(answer.stdout)
    return found


def added(answer: Answer, store: Store) -> dict[str, str]:
    """Return what a child has beyond the environment of who started it."""
    return {
        name: value
        for name, value in child(answer).items()
        if store.environ.get(name) != value and name != "LC_CTYPE"
    }


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with two services."""
    store.put("/base/db-password", "of base")
    store.put("/base/only-base", "b")
    store.put("/app/db_password", HOSTILE)
    store.put("/app/list", '["a","\\u0024{b}"]')
    return store


def test_a_command_gets_terraforms_variables(filled: Store) -> None:
    answer = filled.secrets("exec", "app", "--", "python3", "-c", _SHOW)
    assert added(answer, filled) == {"TF_VAR_db_password": HOSTILE, "TF_VAR_list": '["a","\\u0024{b}"]'}
    assert answer.stderr == ""


def test_a_later_service_wins_and_only_the_name_is_said(filled: Store) -> None:
    answer = filled.secrets("exec", "base", "app", "--env", "--", "python3", "-c", _SHOW)
    assert added(answer, filled) == {
        "DB_PASSWORD": HOSTILE,
        "ONLY_BASE": "b",
        "LIST": '["a","\\u0024{b}"]',
    }
    assert answer.stderr == "awsactivate: DB_PASSWORD is in base too; the value is that of app\n"


def test_pristine_is_the_values_only(filled: Store) -> None:
    answer = filled.secrets("exec", "base", "--pristine", "--", "/usr/bin/env", "-0")
    assert dict(line.split("=", 1) for line in answer.stdout.split("\0") if line) == {
        "TF_VAR_db_password": "of base",
        "TF_VAR_only_base": "b",
    }


def test_the_status_is_the_commands_own(filled: Store) -> None:
    assert filled.secrets("exec", "app", "--", "sh", "-c", "exit 42").status == 42
    assert filled.secrets("exec", "app", "--", "sh", "-c", "kill -TERM $$").status == -15


def test_strict_fills_what_waits_and_shows_no_value(filled: Store) -> None:
    answer = filled.secrets("exec", "base", "--env", "--strict", "--", "env", DB_PASSWORD="chamberme")
    assert "DB_PASSWORD=of base\n" in answer.stdout
    assert "ONLY_BASE" not in answer.stdout
    refused = filled.secrets(
        "exec", "base", "--env", "--strict", "--", "env", DB_PASSWORD="by hand", X="chamberme"
    )
    assert refused == Answer(
        1,
        "",
        "awsactivate: error: --strict: hold a value already: DB_PASSWORD;"
        " wait for a secret that there is not: X\n",
    )


def test_what_a_file_here_hides_is_told(filled: Store) -> None:
    """terraform takes the environment last."""
    (filled.folder / "terraform.tfvars").write_text('list = ["mine"]\nother = 1\n')
    (filled.folder / "x.auto.tfvars.json").write_text('{"db_password": "mine"}')
    (filled.folder / "broken.auto.tfvars").write_text("list = var.x\n")
    (filled.folder / "other.tfvars").write_text("list = []\n")
    answer = filled.secrets("exec", "app", "--", "true")
    assert answer == Answer(
        0,
        "",
        "awsactivate: terraform.tfvars sets TF_VAR_list too, and terraform prefers the file\n"
        "awsactivate: x.auto.tfvars.json sets TF_VAR_db_password too, and terraform prefers the file\n",
    )


def test_a_service_without_secrets_is_told(filled: Store) -> None:
    answer = filled.secrets("exec", "ap", "--", "true")
    assert answer == Answer(0, "", "awsactivate: the service ap has no secrets\n")


def test_nothing_is_called_for_a_command_that_is_not_there(filled: Store, embedded_aws: EmbeddedAws) -> None:
    embedded_aws.requests.clear()
    assert filled.secrets("exec", "app", "--", "no-such-command").status == 2
    assert filled.secrets("exec", "app").status == 2
    assert filled.secrets("exec", "app", "not/ok ", "--", "true").status == 2
    assert embedded_aws.requests == []


def test_a_service_that_is_denied_runs_nothing(
    filled: Store, embedded_aws: EmbeddedAws, account: str
) -> None:
    reader = {
        "Effect": "Allow",
        "Action": "ssm:*",
        "Resource": f"arn:aws:ssm:us-east-1:{account}:parameter/base*",
    }
    user = embedded_aws.user("reader", allowing(reader), account=account)
    answer = filled.secrets(
        *("exec", "base", "app", "--", "touch", "ran"),
        AWS_ACCESS_KEY_ID=user.credentials.access_key_id,
        AWS_SECRET_ACCESS_KEY=user.credentials.secret_access_key,
    )
    assert answer.status == 6
    assert answer.stderr.startswith("awsactivate: error: GetParametersByPath /app: ")
    assert not (filled.folder / "ran").exists()


def test_a_code_for_mfa_is_not_handed_on(filled: Store) -> None:
    answer = filled.secrets("exec", "app", "--", "python3", "-c", _SHOW, AWSACTIVATE_MFA_CODE="123456")
    assert "AWSACTIVATE_MFA_CODE" not in child(answer)


def test_more_than_an_environment_holds_is_an_error(filled: Store) -> None:
    for index in range(300):
        filled.put(f"/huge/k{index}", "x" * 8000)
    answer = filled.secrets("exec", "huge", "--", "true")
    assert answer.status == 3
    assert answer.stderr.startswith(
        "awsactivate: error: the environment would hold 2.3 MB, and no command can be started"
    )


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", '{\n  "db-password": "of base",\n  "only-base": "b"\n}\n'),
        ("yaml", '"db-password": "of base"\n"only-base": "b"\n'),
        ("dotenv", "DB_PASSWORD='of base'\nONLY_BASE=b\n"),
        ("shell", "export DB_PASSWORD='of base'\nexport ONLY_BASE='b'\n"),
        ("fish", "set -gx DB_PASSWORD 'of base'\nset -gx ONLY_BASE 'b'\n"),
        ("tfvars", 'db_password = "of base"\nonly_base = "b"\n'),
    ],
)
def test_each_format_has_the_names_that_its_reader_wants(filled: Store, form: str, text: str) -> None:
    assert filled.secrets("export", "base", "--format", form) == Answer(0, text, "")


def test_variables_may_be_terraforms(filled: Store) -> None:
    assert filled.secrets("export", "base", "--format", "shell", "--terraform").stdout == (
        "export TF_VAR_db_password='of base'\nexport TF_VAR_only_base='b'\n"
    )


def test_what_export_writes_for_dotenv_import_takes_back_or_refuses(filled: Store) -> None:
    """Of some values the programs that read such files make different things, however they are written."""
    filled.put("/tame/key", "it's # one, with 'quotes'")
    assert filled.secrets("export", "tame", "--format", "dotenv", "-o", "x.env").status == 0
    assert filled.secrets("import", "x.env", "--service", "again").status == 0
    assert filled.values("/again") == {"/again/key": "it's # one, with 'quotes'"}
    assert filled.secrets("export", "app", "--format", "dotenv", "-o", "y.env").status == 0
    refused = filled.secrets("import", "y.env", "--service", "other")
    assert (refused.status, filled.values("/other")) == (2, {})
    assert "is read differently by different programs" in refused.stderr


def test_what_export_writes_import_takes_back(filled: Store) -> None:
    for form, name in (("json", "x.json"), ("yaml", "x.yaml"), ("tfvars", "x.tfvars")):
        assert filled.secrets("export", "app", "--format", form, "-o", name).status == 0
        assert filled.secrets("import", name, "--service", f"again/{form}").status == 0
        assert filled.values(f"/again/{form}") == {
            f"/again/{form}/db_password": HOSTILE,
            f"/again/{form}/list": '["a","\\u0024{b}"]',
        }


def test_a_file_is_its_owners_only_and_replaced_whole(filled: Store) -> None:
    path = filled.folder / "out.json"
    path.write_text("old")
    path.chmod(0o644)
    before = path.open()
    answer = filled.secrets("export", "base", "-o", "out.json")
    assert answer == Answer(0, "", "awsactivate: wrote 2 values to out.json\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text()) == {"db-password": "of base", "only-base": "b"}
    assert before.read() == "old"
    before.close()
    assert sorted(entry.name for entry in filled.folder.iterdir() if entry.name.startswith(".out")) == []


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["base", "-o", "none/out.json"], 1, "none/out.json can't be written: No such file or directory"),
        (["base", "-o", "."], 1, ". is no regular file"),
        (["base", "--terraform"], 2, "--terraform is for variables"),
        (["base", "--string", "x"], 2, "--string is for --format tfvars"),
        (["base", "--format", "toml"], 2, "argument --format: invalid choice: 'toml'"),
    ],
)
def test_what_cannot_be_written_is_said(filled: Store, words: list[str], status: int, said: str) -> None:
    answer = filled.secrets("export", *words)
    assert (answer.status, answer.stdout) == (status, "")
    assert said in answer.stderr


def test_activation_gets_the_variables_or_the_error(
    filled: Store, embedded_aws: EmbeddedAws, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_for_terraform(["base", "app"], Asked(filled.ssm)) == {
        "TF_VAR_db_password": HOSTILE,
        "TF_VAR_only_base": "b",
        "TF_VAR_list": '["a","\\u0024{b}"]',
    }
    assert capsys.readouterr().err == (
        "awsactivate: TF_VAR_db_password is in base too; the value is that of app\n"
    )
    embedded_aws.levers.fail_next("GetParametersByPath", "InternalServerError", "An error occurred", 500)
    with pytest.raises(AwsError, match="GetParametersByPath /base: An error occurred"):
        read_for_terraform(["base"], Asked(filled.ssm))


def test_no_value_is_a_word_of_the_process(filled: Store) -> None:
    """Any user of the machine sees those."""
    words = "import os; os.system(f'ps -ww -o command= -p {os.getpid()}')"
    shown = filled.secrets("exec", "app", "--", "python3", "-c", words).stdout
    assert "os.getpid" in shown
    assert "touch pwned" not in shown
    assert not (filled.folder / "pwned").exists()


def test_ctrl_c_ends_a_fetch_at_once(filled: Store, embedded_aws: EmbeddedAws) -> None:
    """Whatever is on its way is not waited for."""
    for index in range(30):
        filled.put(f"/many/k{index}", "v")
    embedded_aws.requests.clear()
    embedded_aws.levers.delay_next("GetParameters", 15, times=3)
    running = subprocess.Popen(
        [PROGRAM, "secrets", "exec", "many", "--", "touch", "ran"],
        env=dict(filled.environ),
        cwd=filled.folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 20
    while not any(request.operation == "GetParameters" for request in embedded_aws.requests):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    begun = time.monotonic()
    running.send_signal(signal.SIGINT)
    _stdout, stderr = running.communicate()
    assert (running.returncode, stderr) == (130, b"awsactivate: error: interrupted\n")
    assert time.monotonic() - begun < 5
    assert not (filled.folder / "ran").exists()


def test_a_file_that_may_not_be_run_is_told_from_one_that_is_not_there(store: Store) -> None:
    """Of all ways in which a command can't be run, only one is that it is not on PATH."""
    (store.folder / "bin").mkdir()
    (store.folder / "bin/tool").write_text("#!/bin/sh\n")
    (store.folder / "a folder").mkdir()
    path = f"{store.folder}/bin:{store.environ['PATH']}"
    for name, said in (
        ("./bin/tool", "bin/tool can't be run: permission denied"),
        ("tool", f"{store.folder}/bin/tool can't be run: permission denied"),
        ("./a folder", "a folder can't be run: it is a folder"),
        ("./none", "there is no command './none'"),
        ("no-such-tool", "there is no command 'no-such-tool' on PATH"),
    ):
        answer = store.secrets("exec", "app", "--", name, PATH=path)
        assert (answer.status, answer.stderr.splitlines()[0]) == (2, f"awsactivate: error: {said}")
