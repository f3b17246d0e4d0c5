"""Which codes are tried, in which order, and what is said when none is left."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from awsactivate.errors import MfaError
from awsactivate.keychain.item import Seed
from awsactivate.mfa import totp
from awsactivate.mfa.codes import Code, Codes, describe_refusal
from awsactivate.mfa.used_codes import UsedCodes

SERIAL = "arn:aws:iam::111122223333:mfa/alice"
SEED = base64.b32encode(b"12345678901234567890").decode()
NOW = 1_795_425_310.0  # ten seconds into a window: twenty are left of it
PROMPT_WORDS = "MFA code for"


@dataclass
class Desk:
    """A person with a device, a clock, and all that was said."""

    folder: Path
    typed: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    now: float = NOW

    def __post_init__(self) -> None:
        self.used = UsedCodes(self.folder, self.said.append)

    def ask(self, serial: str) -> str:
        assert serial == SERIAL
        if not self.typed:
            raise MfaError("no MFA code was given")
        return self.typed.pop(0)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def countdown(
        self, seconds: float, text: str, *, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        assert clock() == self.now
        self.waited.append(int(seconds))
        self.said.append(f"{text} …")
        sleep(seconds)

    def codes(
        self,
        *,
        given: str | None = None,
        environ: dict[str, str] | None = None,
        process: str | None = None,
        seed: str | None = None,
    ) -> Codes:
        return Codes(
            SERIAL,
            given=given,
            environ={"PATH": "/usr/bin:/bin", **(environ or {})},
            process=process,
            profile="prod",
            used=self.used,
            clock=lambda: self.now,
            sleep=self.sleep,
            seed=lambda serial: Seed(seed, serial) if seed and serial == SERIAL else None,
            ask=self.ask,
            say=self.said.append,
            countdown=self.countdown,
        )

    def accept_elsewhere(self, code: str) -> None:
        """Let another shell have this code accepted now."""
        UsedCodes(self.folder, self.said.append).record(SERIAL, code, self.now)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def refuse_all(codes: Codes, skew: str = "") -> tuple[list[str], str]:
    """Refuse every code; return them, and the message of the error in the end."""
    sent = []
    try:
        for code in codes:
            sent.append(code.value)
            codes.note_refused(code, skew)
    except MfaError as end:
        return sent, end.message
    pytest.fail("the codes ended, and nothing said why")


def test_the_sources_stand_in_their_order(desk: Desk) -> None:
    desk.typed = ["555555"]
    environ = {"AWSACTIVATE_MFA_CODE": "222222"}
    process = "echo 333333"
    seeded = totp.code(SEED, NOW)
    assert [
        next(desk.codes(given="111111", environ=environ, process=process, seed=SEED)),
        next(desk.codes(environ=environ, process=process, seed=SEED)),
        next(desk.codes(process=process, seed=SEED)),
        next(desk.codes(seed=SEED)),
        next(desk.codes()),
    ] == [
        Code("111111", "option"),
        Code("222222", "environment"),
        Code("333333", "process"),
        Code(seeded, "seed"),
        Code("555555", "terminal"),
    ]
    assert desk.said == []


def test_an_empty_variable_is_none(desk: Desk) -> None:
    desk.typed = ["555555"]
    assert next(desk.codes(environ={"AWSACTIVATE_MFA_CODE": ""})) == Code("555555", "terminal")


def test_no_repr_shows_a_code() -> None:
    assert "123456" not in repr(Code("123456", "terminal"))


# Given


@pytest.mark.parametrize(
    ("codes", "name"),
    [
        ({"given": "123 456"}, "--mfa-code"),
        ({"environ": {"AWSACTIVATE_MFA_CODE": "123456"}}, "AWSACTIVATE_MFA_CODE"),
    ],
)
def test_a_given_code_is_tried_once(desk: Desk, codes: dict[str, object], name: str) -> None:
    asked = desk.codes(**codes)  # type: ignore[arg-type]
    assert refuse_all(asked) == (["123456"], f"{name}: AWS refused this MFA code")


@pytest.mark.parametrize("given", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_a_given_code_that_is_none_is_never_sent(desk: Desk, given: str) -> None:
    assert refuse_all(desk.codes(given=given)) == ([], "--mfa-code: an MFA code is six digits")


def test_a_given_code_that_was_used_is_refused_at_once_with_the_seconds(desk: Desk) -> None:
    desk.accept_elsewhere("123456")
    assert refuse_all(desk.codes(given="123456")) == (
        [],
        "--mfa-code: this MFA code was used already; the next one comes in 20 s",
    )
    assert desk.waited == []


# The process


def test_a_process_that_gives_a_used_code_is_run_again_in_the_next_window(desk: Desk, tmp_path: Path) -> None:
    desk.accept_elsewhere("111111")
    codes = desk.codes(process=f"echo x >>{tmp_path}/runs; echo $(wc -l <{tmp_path}/runs | tr -d ' ')11111")
    assert next(codes).value == "211111"
    assert desk.waited == [20]
    assert desk.said == ["this MFA code was used already; the next one comes in …"]


def test_a_process_that_keeps_giving_a_used_code_is_run_twice_and_no_more(desk: Desk, tmp_path: Path) -> None:
    desk.accept_elsewhere("111111")
    assert refuse_all(desk.codes(process=f"echo x >>{tmp_path}/runs; echo 111111")) == (
        [],
        "mfa_process of profile 'prod' printed a used MFA code twice, and AWS takes none twice",
    )
    assert (tmp_path / "runs").read_text() == "x\nx\n"


def test_a_process_whose_code_is_refused_is_not_run_again(desk: Desk, tmp_path: Path) -> None:
    assert refuse_all(desk.codes(process=f"echo x >>{tmp_path}/runs; echo 111111"), "the clock is off") == (
        ["111111"],
        "mfa_process of profile 'prod': AWS refused this MFA code; the clock is off",
    )
    assert (tmp_path / "runs").read_text() == "x\n"
    assert desk.waited == []


def test_a_process_whose_code_another_shell_used_meanwhile_is_run_again(desk: Desk, tmp_path: Path) -> None:
    codes = desk.codes(process=f"echo x >>{tmp_path}/runs; echo $(wc -l <{tmp_path}/runs | tr -d ' ')11111")
    first = next(codes)
    desk.accept_elsewhere(first.value)
    codes.note_refused(first)
    assert next(codes).value == "211111"
    assert desk.waited == [20]
    with pytest.raises(MfaError, match="AWS refused this MFA code; it may have been used already"):
        next(codes)


def test_the_failure_of_a_process_names_the_profile_and_asks_nobody(desk: Desk) -> None:
    desk.typed = ["123456"]
    assert refuse_all(desk.codes(process="exit 3")) == (
        [],
        "mfa_process of profile 'prod' failed with exit status 3",
    )


# The seed


def test_two_activations_in_a_row_with_a_seed_use_two_windows(desk: Desk) -> None:
    first = desk.codes(seed=SEED)
    code = next(first)
    first.note_accepted(code)
    assert next(desk.codes(seed=SEED)).value == totp.code(SEED, NOW + 20)
    assert code.value == totp.code(SEED, NOW)
    assert desk.waited == [20]


def test_two_shells_at_once_with_a_seed_never_send_the_same_code(desk: Desk) -> None:
    """Neither has an answer yet when the other one makes its code."""
    sent = [next(desk.codes(seed=SEED)).value for _ in range(3)]
    assert sent == [totp.code(SEED, NOW + later) for later in (0, 20, 50)]
    assert desk.waited == [20, 30]


def test_a_given_code_is_sent_by_one_of_two_shells_at_once(desk: Desk) -> None:
    assert next(desk.codes(given="123456")).value == "123456"
    with pytest.raises(MfaError) as caught:
        next(desk.codes(given="123456"))
    assert caught.value.message == "--mfa-code: this MFA code was used already; the next one comes in 20 s"
    with pytest.raises(MfaError):
        next(desk.codes(environ={"AWSACTIVATE_MFA_CODE": "123 456"}))
    assert next(desk.codes(given="654321")).value == "654321"


def test_a_process_that_prints_what_another_shell_sends_is_run_again_in_the_next_window(
    desk: Desk, tmp_path: Path
) -> None:
    prints = f"n=$(cat {tmp_path}/n); echo $((n + 1)) >{tmp_path}/n; sed -n ${{n}}p {tmp_path}/codes"
    (tmp_path / "n").write_text("1")
    (tmp_path / "codes").write_text("111111\n222222\n333333\n")
    for code in ("111111", "222222"):  # which two other shells are sending now
        next(desk.codes(given=code))
    assert next(desk.codes(process=prints)).value == "333333"
    assert desk.waited == [20, 1]  # the second code was of the window that had ended by then


def test_a_process_that_goes_on_printing_one_code_is_told_of(desk: Desk) -> None:
    assert next(desk.codes(process="echo 123456")).value == "123456"
    with pytest.raises(MfaError, match="printed a used MFA code twice"):
        next(desk.codes(process="echo 123456"))


def test_a_code_of_the_seed_that_was_given_by_hand_elsewhere_waits_for_the_next(desk: Desk) -> None:
    next(desk.codes(given=totp.code(SEED, NOW)))
    assert next(desk.codes(seed=SEED)).value == totp.code(SEED, NOW + 20)
    with pytest.raises(MfaError):
        next(desk.codes(given=totp.code(SEED, NOW + 20)))


def test_the_same_six_digits_are_another_code_after_two_minutes(desk: Desk) -> None:
    next(desk.codes(given="123456"))
    desk.sleep(121)
    assert next(desk.codes(given="123456")).value == "123456"


def test_a_code_that_the_person_typed_is_not_made_again_from_the_seed(desk: Desk) -> None:
    desk.accept_elsewhere(totp.code(SEED, NOW))
    assert next(desk.codes(seed=SEED)).value == totp.code(SEED, NOW + 20)


def test_a_refused_seed_is_tried_once_more_only_where_a_code_was_used_just_before(desk: Desk) -> None:
    message = f"the TOTP seed of {SERIAL}: AWS refused this MFA code"
    assert refuse_all(desk.codes(seed=SEED)) == ([totp.code(SEED, NOW)], message)
    desk.sleep(30)
    desk.accept_elsewhere("123456")
    assert refuse_all(desk.codes(seed=SEED)) == (
        [totp.code(SEED, NOW + 30), totp.code(SEED, NOW + 60)],
        f"{message}; it may have been used already",
    )


# Typed


def test_a_wrong_code_is_asked_again_at_most_three_times_and_each_time_said(desk: Desk) -> None:
    desk.typed = ["111111", "222222", "333333", "444444"]
    assert refuse_all(desk.codes()) == (
        ["111111", "222222", "333333"],
        f"AWS refused three MFA codes for {SERIAL}",
    )
    assert desk.said == ["AWS refused this MFA code"] * 2
    assert desk.typed == ["444444"]


def test_what_is_no_code_is_never_sent_and_is_a_try(desk: Desk) -> None:
    desk.typed = ["12345", "", "123456", "444444"]
    assert refuse_all(desk.codes()) == (
        ["123456"],
        f"three tries gave no MFA code that AWS takes for {SERIAL}",
    )
    assert desk.said == [
        "an MFA code is six digits; this one had 5",
        "an MFA code is six digits; this one had 0",
    ]
    assert desk.typed == ["444444"]


def test_a_typed_code_is_sent_as_digits_alone(desk: Desk) -> None:
    desk.typed = ["123 456"]
    assert next(desk.codes()).value == "123456"


def test_a_used_code_typed_is_refused_at_once_and_is_no_try(desk: Desk) -> None:
    desk.accept_elsewhere("123456")
    desk.typed = ["123456"] * 5 + ["654321"]
    assert next(desk.codes()).value == "654321"
    assert desk.said == ["this MFA code was used already; the next one comes in 20 s"] * 5
    assert desk.waited == []


def test_a_code_accepted_here_is_used_for_every_shell(desk: Desk) -> None:
    desk.typed = ["123456"]
    codes = desk.codes()
    codes.note_accepted(next(codes))
    assert refuse_all(desk.codes(given="123456"))[0] == []


def test_a_refusal_soon_after_an_accepted_code_says_that_it_may_have_been_used(desk: Desk) -> None:
    desk.accept_elsewhere("123456")
    desk.now += 60
    desk.typed = ["111111"]
    codes = desk.codes()
    codes.note_refused(next(codes), "this machine's clock is 45 s behind AWS's")
    with pytest.raises(MfaError, match="no MFA code was given"):
        next(codes)
    assert desk.said == [
        "AWS refused this MFA code; it may have been used already; this machine's clock is 45 s behind AWS's"
    ]


def test_an_old_acceptance_is_no_excuse(desk: Desk) -> None:
    desk.accept_elsewhere("123456")
    desk.now += 61
    desk.typed = ["111111", "222222", "333333"]
    assert refuse_all(desk.codes())[1] == f"AWS refused three MFA codes for {SERIAL}"


def test_nothing_but_the_prompt_holds_the_prompts_words(desk: Desk) -> None:
    desk.accept_elsewhere("123456")
    desk.typed = ["123456", "1", "111111", "222222"]
    messages = [refuse_all(desk.codes())[1]]
    messages += [refuse_all(desk.codes(given=given))[1] for given in ("123456", "1", "111111")]
    messages += [
        refuse_all(desk.codes(process=command))[1] for command in ("exit 1", "echo 123456", "echo 111111")
    ]
    messages += [refuse_all(desk.codes(seed=SEED))[1], describe_refusal("it", True, "skew")]
    assert not [line for line in desk.said + messages if PROMPT_WORDS in line]


def test_an_unusable_memory_stops_no_activation(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    desk = Desk(tmp_path / "file" / "folder", typed=["123456"])
    codes = desk.codes()
    code = next(codes)
    codes.note_accepted(code)
    assert code == Code("123456", "terminal")
    assert len(desk.said) == 1


def test_an_error_hints_at_what_tells_the_device(desk: Desk) -> None:
    desk.typed = ["1", "1", "1"]
    with pytest.raises(MfaError) as end:
        next(desk.codes())
    assert (end.value.hint, end.value.exit_code) == (
        "awsactivate show prod tells which device is asked for, and why",
        5,
    )
