"""What an endpoint answers is data: nothing odd is set, run, or called a bug of ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from e2e.answering import ROLE, Answers, Reply, assumed, caller_identity, endpoint
from harness.shells import PROGRAM, SHELLS, Shell, environment
from harness.states import assert_same
from needs import needs_shell

HTML = (
    "<html><head><title>Sign in to the guests' network</title></head><body><p>Welcome<br/></p></body></html>"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.aws").mkdir(parents=True)
    (tmp_path / "home/.aws/config").write_text(
        f"[profile alice]\n[profile prod]\nrole_arn = {ROLE}\nsource_profile = alice\n"
    )
    (tmp_path / "home/.aws/credentials").write_text(
        "[alice]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = long-term-secret\n"
        "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = another\n"
    )
    return tmp_path / "home"


def giving(reply: Reply, *, for_caller: Reply | None = None) -> Answers:
    """Answer AssumeRole with `reply`, and who the caller is in order."""
    return lambda operation: reply if operation == "AssumeRole" else for_caller or caller_identity()


def export(home: Path, answers: Answers, form: str = "json") -> subprocess.CompletedProcess[str]:
    with endpoint(answers) as url:
        return subprocess.run(
            [PROGRAM, "export", "prod", "--format", form],
            env=environment(home, AWS_ENDPOINT_URL=url),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
        )


def test_the_endpoint_of_these_tests_gives_a_session_where_nothing_is_odd(home: Path) -> None:
    done = export(home, giving(assumed()))
    assert json.loads(done.stdout)["AWS_SESSION_TOKEN"] == "t0ken", done.stderr


LONG_AGO = format_datetime(datetime(2001, 1, 1, tzinfo=UTC), usegmt=True)
UNUSABLE = {
    "no key id": assumed(key_id=""),
    "no secret": assumed(secret=""),
    "no token": assumed(token=""),
    "a line break": assumed(token="t0ken\nAWS_PROFILE=evil"),
    "a blank": assumed(secret="s3 cret"),
    "a terminal's escape": assumed(token="t\x9b0ken"),
    "a letter beyond ASCII": assumed(key_id="ASIAÉXAMPLE"),
    "a token that no kernel takes": assumed(token="t" * 200_000),
    "ended long ago": assumed(expiration="2001-01-01T00:00:00Z"),
    "no end": Reply(assumed().body.replace("<Expiration>", "<E>").replace("</Expiration>", "</E>")),
    "no role's ARN": assumed(arn=""),
    "an ARN that is none": assumed(arn="terraform"),
    "an ARN with a line break": assumed(arn="arn:aws:sts::111122223333:assumed-role/a\nb/c"),
    "no role's id": assumed(role_id=""),
    "no credentials": Reply("<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"),
    "an end that is no time": assumed(expiration="tomorrow"),
    "a page in HTML": Reply(HTML),
    "a page that is no XML": Reply("<html><br><p>Welcome"),
    "nothing at all": Reply(""),
    "JSON": Reply('{"AccessKeyId": "ASIAEXAMPLE"}'),
    **{f"HTTP {n} with a page": Reply(HTML, n) for n in (400, 403, 407, 418, 502, 503, 511)},
    **{f"HTTP {n} with nothing": Reply("", n) for n in (400, 407, 418, 502, 504)},
    **{f"HTTP {n} with text": Reply("go away & <come> back", n) for n in (407, 418, 502)},
}


@pytest.mark.parametrize("odd", UNUSABLE)
def test_an_odd_answer_is_refused_in_words_with_nothing_on_stdout(odd: str, home: Path) -> None:
    done = export(home, giving(UNUSABLE[odd]))
    assert done.stdout == ""
    assert done.returncode in (6, 7), done.stderr
    lines = done.stderr.splitlines()
    assert len([line for line in lines if line.startswith("awsactivate: error: ")]) == 1, lines
    assert len(lines) <= 2
    assert "bug" not in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(secret in done.stderr for secret in ("s3", "t0ken", "ttt", "evil", "Welcome"))


ODD_CALLERS = {
    "no ARN": caller_identity(""),
    "an ARN that is none": caller_identity("alice"),
    "an ARN of two lines": caller_identity("arn:aws:iam::1:user/a\nb"),
    "a page": Reply(HTML),
    "nothing": Reply(""),
    "HTTP 407": Reply(HTML, 407),
    "HTTP 502": Reply("", 502),
}


@pytest.mark.parametrize("odd", ODD_CALLERS)
def test_a_caller_that_is_nobody_is_refused_too(odd: str, home: Path) -> None:
    done = export(home, giving(assumed(), for_caller=ODD_CALLERS[odd]))
    assert (done.stdout, done.returncode in (6, 7), "bug" in done.stderr) == ("", True, False), done.stderr


def test_the_size_of_a_token_that_is_too_long_is_told(home: Path) -> None:
    done = export(home, giving(assumed(token="t" * 200_000)))
    assert "the session token has 200000 characters, and 16384 are the most" in done.stderr


def test_what_ended_by_the_servers_own_clock_is_refused_however_this_machines_is_set(home: Path) -> None:
    """A clock of this machine that is years behind would have called it good for years."""
    ahead = datetime.now(UTC) + timedelta(days=800)
    date = format_datetime(ahead, usegmt=True)
    end = (ahead - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    caller, reply = caller_identity(), assumed(expiration=end)
    caller.date = reply.date = date
    done = export(home, giving(reply, for_caller=caller))
    assert (done.stdout, done.returncode) == ("", 6)
    assert "the credentials of prod have ended already: they ended at " in done.stderr


def test_what_is_good_by_the_servers_own_clock_is_taken_however_this_machines_is_set(home: Path) -> None:
    caller, reply = caller_identity(), assumed(expiration="2001-01-01T01:00:00Z")
    caller.date = reply.date = LONG_AGO
    done = export(home, giving(reply, for_caller=caller))
    assert json.loads(done.stdout)["AWS_CREDENTIAL_EXPIRATION"] == "2001-01-01T01:00:00Z", done.stderr


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws_secret_access_key", ""),
        ("aws_secret_access_key", "two words"),
        ("aws_access_key_id", "AKIA\u2028EXAMPLE"),
    ],
)
def test_a_source_that_gives_no_usable_key_is_named(home: Path, key: str, value: str) -> None:
    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": "s3cret", key: value}
    (home / ".aws/credentials").write_text(
        "[alice]\n" + "".join(f"{name} = {text}\n" for name, text in keys.items())
    )
    done = export(home, giving(assumed()))
    assert (done.stdout, done.returncode) == ("", 3)
    assert f"awsactivate: error: profile 'alice': {key} " in done.stderr
    assert not value or value not in done.stderr


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest, home: Path) -> Iterator[Shell]:
    with endpoint(giving(assumed(key_id="", token="t$(touch /tmp/never)`touch /tmp/never`"))) as url:
        opened = Shell(request.param, environment(home, AWS_ENDPOINT_URL=url, AWS_PROFILE="alice"), home)
        yield opened
        opened.close()


def test_a_shell_that_is_given_an_empty_key_stays_as_it_was(shell: Shell) -> None:
    """It said "activated prod", and the AWS CLI went on as [default]."""
    before = shell.state()
    assert "AssumeRole: what answered is not AWS's answer: the access key id is empty" in shell.run(
        "activate prod"
    )
    assert_same(shell.state(), before)


HOSTILE = [
    "t'`touch${IFS}pwned`",
    "t'$(touch${IFS}pwned)\\`touch${IFS}pwned`",
    "t\"\\`touch${IFS}pwned\\`'",
    "t'\\\\`touch${IFS}pwned`$HOME",
    "`touch${IFS}pwned`",
]


@pytest.mark.parametrize("token", HOSTILE)
@pytest.mark.parametrize("name", ["bash", "zsh", "dash"])
def test_a_dotenv_file_that_a_shell_sources_runs_nothing_of_a_servers_token(
    token: str, name: str, home: Path
) -> None:
    done = export(home, giving(assumed(token=token)), "dotenv")
    assert done.returncode == 0, done.stderr
    (home / ".env").write_text(done.stdout)
    read = subprocess.run(
        [needs_shell(name), "-c", '. ./.env; printf %s "$AWS_SESSION_TOKEN"'],
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout == token
    assert not (home / "pwned").exists()


@pytest.mark.parametrize("character", ["\u202e", "\x9b", "\u2067"], ids=ascii)
def test_a_profiles_name_turns_nothing_in_a_list_or_in_json(character: str, home: Path) -> None:
    name = f"pro{character}d"
    with (home / ".aws/config").open("a", encoding="utf-8") as config:
        config.write(f"[profile {name}]\nrole_arn = {ROLE}\nsource_profile = alice\n")
    for words in (["list"], ["list", "--json"], ["show", name], ["show", name, "--json"]):
        done = subprocess.run(
            [PROGRAM, *words], env=environment(home), capture_output=True, text=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stderr
        assert character not in done.stdout + done.stderr
        assert "pro" in done.stdout
        if "--json" in words:
            assert name in json.dumps(json.loads(done.stdout), ensure_ascii=False)
