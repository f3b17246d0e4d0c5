"""The rules by which the house stands: who may import whom, what loads when, how long a file may be."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from awsactivate.cli import COMMANDS
from awsactivate.demo.aws import EmbeddedAws
from awsactivate.sessions import limits

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src/awsactivate"

# The rooms that do something to the world. A folder stands for all that lies in it; a module that is named in
# none of them, and is no command, must be pure.
ROOMS = {
    "memory": ("running.core_files", "own_environment", "running.guarded.ancestry", "running.guarded.below"),
    "opening": ("opening",),
    "running": ("running",),
    "revoking": ("revoking",),
    "signin": tuple(
        f"signin.{name}"
        for name in (
            *("browser", "by_browser", "ending", "found", "keeping", "listener", "login_by_person"),
            *(
                "keyring_place",
                "login_begun",
                "login_tokens",
                "one_at_a_time",
                "one_window",
                "loopback",
                "peers",
                "sso_by_person",
                "sso_tokens",
                "store",
                "undisturbed",
            ),
        )
    ),
    "aws": ("aws",),
    "demo": ("demo",),
    "keychain": ("keychain.backends", "keychain.system_keyring", "keychain.password_store"),
    "person": (
        *("person.terminal", "person.typed_line", "person.picker", "person.progress", "person.turns"),
        *("mfa.codes", "mfa.piped_codes"),
    ),
    "files": (
        *("files", "profiles.read", "profiles.folder_file", "profiles.profile_edits", "profiles.recent"),
        "keychain.index",
        *(
            "revocation.known_sessions",
            "guard.handing_out_table",
            "guard.table_file",
            "scopes.table_file",
            "signin.cli_cache",
            "journal.file",
            "mfa.used_codes",
            "shells.shell_files",
            "shells.integration",
        ),
    ),
    "threads": ("background",),
}
# Which other rooms each may use, beside the pure ones and errors.
MAY_USE = {
    "opening": {"revoking", "signin", "aws", "keychain", "person", "files", "threads", "memory"},
    "running": {"opening", "revoking", "signin", "aws", "keychain", "person", "files", "threads", "memory"},
    "revoking": {"aws", "person", "files", "threads"},
    "signin": {"aws", "keychain", "person", "files", "threads"},
    # what comes a page at a time is fetched side by side; where AWS is stands in the user's configuration
    "aws": {"threads", "files"},
    "demo": {"files", "memory"},  # its shell starts with the files that everybody's does
    "keychain": {"threads"},
    "person": {"files"},  # a code that was used is written down
    "files": set(),
    "memory": set(),
    "threads": set(),
}
# What only some may import: name → the modules and folders that may
OWNERS = {
    "boto3": ("aws", "demo"),
    "awscrt": (),  # botocore's own matter, and no dependency
    "botocore": ("aws", "demo"),
    "cryptography": ("sessions.dpop", "demo.dpop", "running.guarded.authority"),
    "keyring": ("keychain.backends",),
    "moto": ("demo",),
    "questionary": ("person.picker",),
}
IMPURE_IMPORTS = frozenset(
    {"asyncio", "fcntl", "getpass", "io", "logging", "multiprocessing", "os", "pwd", "random", "resource"}
    | {"secrets", "select", "shutil", "signal", "socket", "subprocess", "sys", "tempfile", "termios"}
    | {"threading", "time", "urllib.request"}
)
IMPURE_CALLS = frozenset(
    {"open", "input", "print", "now", "today", "utcnow", "home", "cwd", "expanduser", "exists", "is_file"}
    | {"is_dir", "iterdir", "stat", "read_bytes", "read_text", "write_bytes", "write_text", "mkdir", "unlink"}
)


def names(file: Path) -> str:
    """The dotted name below `awsactivate` of the module that `file` is."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {names(file): ast.parse(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")}


def imports(tree: ast.Module) -> Iterator[str]:
    """The dotted name of every module that `tree` imports, at its head or later; ours begin with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports are absolute"
            assert node.module is not None
            dotted = [f"{node.module}.{alias.name}" for alias in node.names]
            found = [name if name.removeprefix("awsactivate.") in MODULES else node.module for name in dotted]
        else:
            continue
        for name in found:
            yield name.removeprefix("awsactivate") if name.partition(".")[0] == "awsactivate" else name


def within(module: str, places: tuple[str, ...]) -> bool:
    """Whether `module` is one of `places`, or lies below one of them."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def room(module: str) -> str:
    """The room of a module of ours: cli, commands, one of ROOMS, pure, or errors."""
    first = module.partition(".")[0]
    if first in ("cli", "commands", "errors"):
        return first
    if first == "fast_answers":  # the commands that every shell runs at its start
        return "commands"
    return next((name for name, places in ROOMS.items() if within(module, places)), "pure")


def allowed(room: str) -> set[str]:
    """The rooms that a module of `room` may import from."""
    if room == "errors":
        return set()
    if room == "pure":
        return {"pure", "errors"}
    if room == "commands":
        return {"commands", *ROOMS, "pure", "errors"}
    if room == "cli":
        return {"commands", "memory", "pure", "errors"}
    return {room, *MAY_USE[room], "pure", "errors"}


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_module_imports_only_from_the_rooms_below_it(module: str) -> None:
    ours = {name[1:] for name in imports(MODULES[module]) if name.startswith(".")}
    wrong = {name: room(name) for name in ours if room(name) not in allowed(room(module))}
    assert wrong == {}, f"{module} is in the room {room(module)!r}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_the_great_libraries_have_one_owner_each(module: str) -> None:
    used = {name.partition(".")[0] for name in imports(MODULES[module])} & OWNERS.keys()
    assert [name for name in used if not within(module, OWNERS[name])] == []


@pytest.mark.parametrize("module", sorted(name for name in MODULES if room(name) in ("pure", "errors")))
def test_a_pure_module_reads_no_clock_no_environment_and_no_file(module: str) -> None:
    tree = MODULES[module]
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    assert set(imports(tree)) & IMPURE_IMPORTS == set()
    assert called & IMPURE_CALLS == set()


def test_every_place_that_a_room_names_exists() -> None:
    named = {place for places in ROOMS.values() for place in places}
    assert [place for place in named if not any(within(module, (place,)) for module in MODULES)] == []


def test_a_module_lies_in_its_room_and_few_lie_in_none() -> None:
    """A stranger reads the folders first: what has no room is what every room may need."""
    assert sorted(name for name in MODULES if name and not (PACKAGE / name.partition(".")[0]).is_dir()) == [
        "background",
        "cli",
        "commandline",
        "errors",
        "fast_answers",
        "frozen",
        "own_environment",
        "version",
    ]


def test_commands_holds_nothing_but_commands() -> None:
    named = {module.partition(".")[0] for module, _ in COMMANDS.values()}
    assert {name.split(".")[1] for name in MODULES if name.startswith("commands.")} == named


# Folders of tests that are named like no room, and why.
OTHER_TESTS = {
    "e2e": "what takes several rooms",
    "harness": "what tests share",
    "node": "programs of Node",
    "shell": "the shell code",
    "wild": "other people's frameworks",
}


def test_a_folder_of_tests_is_named_like_the_room_that_it_tests() -> None:
    folders = {file.parent.relative_to(ROOT / "tests") for file in (ROOT / "tests").rglob("test_*.py")}
    of_no_room = {str(folder) for folder in folders if not (PACKAGE / folder).is_dir()}
    assert of_no_room <= OTHER_TESTS.keys()


def test_the_map_tells_every_room_and_names_only_files_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms, to_change = text[text.index("| room (") : text.index("- Shell code")].split("| to change")
    told = set(re.findall(r"`([a-z_]+/|[a-z_]+\.py)`", rooms))
    assert {
        f"{name}/" for name in {name.partition(".")[0] for name in MODULES} - {""} if is_room(name)
    } <= told
    assert {f"{name}.py" for name in MODULES if name and "." not in name and not is_room(name)} <= told
    named = re.findall(r"`([a-z_]+/[a-z_/]+\.[a-z]+)`", to_change)
    assert [path for path in named if not ((PACKAGE / path).exists() or (ROOT / path).exists())] == []


def is_room(name: str) -> bool:
    """Whether a first name below `awsactivate` is a folder's."""
    return (PACKAGE / name).is_dir()


def test_a_package_is_a_folder_and_its_init_file_runs_nothing() -> None:
    inits = [tree for name, tree in MODULES.items() if (PACKAGE / name.replace(".", "/")).is_dir()]
    assert [len(tree.body) for tree in inits] == [1] * len(inits)


# AWS's limits that are told apart from other numbers, wherever they stand.
LIMITS = {limits.LONGEST_ROLE_SESSION, limits.GET_SESSION_TOKEN_SECONDS[-1], limits.INLINE_POLICIES_OF_A_ROLE}
LIMITS |= {limits.LONGEST_LINK}


def numbers(tree: ast.AST) -> Iterator[int]:
    """Every whole number that `tree` writes, be it as a product such as `12 * 3600`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield node.value
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            factors = [side.value for side in (node.left, node.right) if isinstance(side, ast.Constant)]
            if len(factors) == 2:
                yield int(factors[0] * factors[1])


def test_what_aws_limits_stands_in_one_place() -> None:
    """But for the embedded AWS, which is to know it by itself."""
    found = {name: LIMITS & set(numbers(tree)) for name, tree in MODULES.items()}
    assert {name for name in found if found[name] and not within(name, ("demo", "sessions.limits"))} == set()


def test_a_file_is_locked_in_one_way() -> None:
    using = {
        name
        for name, tree in MODULES.items()
        if any(isinstance(node, ast.Attribute) and node.attr == "flock" for node in ast.walk(tree))
    }
    assert {name for name in using if not within(name, ("files",))} == set()


# A shell's integration is one text that a shell evaluates, whose parts use each other: it may be longer.
LONGEST = {"src": 350, "shell": 450}
# Tables that a script writes are no rooms.
MADE = {"src/awsactivate/scopes/reads.txt", "src/awsactivate/guard/actions.txt", "shell/completion/words"}


@pytest.mark.parametrize("folder", LONGEST)
def test_no_file_is_two_rooms(folder: str) -> None:
    programs = (path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix != ".pyc")
    lines = {str(file.relative_to(ROOT)): len(file.read_bytes().splitlines()) for file in programs}
    assert {
        file: count for file, count in lines.items() if count > LONGEST[folder] and file not in MADE
    } == {}


ANYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}

PROFILES = """\
[profile alice]
region = eu-west-1
[profile prod]
role_arn = arn:aws:iam::111122223333:role/terraform
source_profile = alice
mfa_serial = arn:aws:iam::111122223333:mfa/alice
"""
# What takes as long to load as it would take to do without.
SLOW = ("concurrent", "dataclasses", "email", "http", "inspect", "random", "ssl", "subprocess", "typing")
PROBE = f"""
import sys
before = set(sys.modules)
from awsactivate.cli import main
status = main(sys.argv[1:])
loaded = sorted({set(OWNERS)!r} & sys.modules.keys())
slow = sorted({set(SLOW)!r} & (sys.modules.keys() - before))
print(status, *loaded, file=sys.stderr)
print(*slow)
"""
QUICK = [
    (["--version"], 0),
    (["--help"], 0),
    (["status"], 1),
    (["list"], 0),
    (["show", "prod"], 0),
    (["init", "bash"], 0),
    (["init", "zsh"], 0),
    (["init", "fish"], 0),
    (["install", "bash"], 0),
    *[([name, "--help"], 0) for name in COMMANDS if not name.startswith("_")],
]


@pytest.mark.parametrize(("argv", "status"), QUICK, ids=[" ".join(argv) for argv, _ in QUICK])
def test_what_calls_no_aws_loads_none_of_the_great_libraries(
    argv: list[str], status: int, tmp_path: Path
) -> None:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(PROFILES)
    (tmp_path / ".aws/credentials").write_text(
        "[alice]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *argv],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.stderr.splitlines() == [str(status)]


@pytest.mark.parametrize(("profile", "needed"), [("plain", ""), ("by-process", "subprocess")])
def test_a_session_from_an_access_key_is_had_without_botocore(
    profile: str, needed: str, embedded_aws: EmbeddedAws, account: str, tmp_path: Path
) -> None:
    """Whose key it is, the role's session, and the question whether it is denied, over two connections."""
    user = embedded_aws.user("alice", policies={"all": ANYTHING}, account=account)
    role = embedded_aws.role("plain", policies={"all": ANYTHING}, account=account)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        f"[profile alice]\n[profile plain]\nrole_arn = {role.arn}\nsource_profile = alice\n"
        f"[profile printed]\ncredential_process = cat {tmp_path}/printed\n"
        f"[profile by-process]\nrole_arn = {role.arn}\nsource_profile = printed\n"
    )
    printed = {"AccessKeyId": user.credentials.access_key_id}
    printed["SecretAccessKey"] = user.credentials.secret_access_key
    (tmp_path / "printed").write_text(json.dumps({"Version": 1, **printed}))
    (tmp_path / ".aws/credentials").write_text(
        f"[alice]\naws_access_key_id = {user.credentials.access_key_id}\n"
        f"aws_secret_access_key = {user.credentials.secret_access_key}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "export", profile, "--format", "process"],
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": embedded_aws.endpoint_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    document, slow = done.stdout.splitlines()
    assert (json.loads(document)["Version"], done.stderr.splitlines(), slow) == (1, ["0"], needed)


def test_values_are_made_without_dataclasses() -> None:
    """It would write and compile methods for each class: a third of a short command's time."""
    using = {
        name
        for name, tree in MODULES.items()
        if "dataclasses" in {i.partition(".")[0] for i in imports(tree)}
    }
    assert {name for name in using if not within(name, ("demo", "frozen"))} == set()


def test_a_verb_loads_what_it_needs_and_no_other_verb() -> None:
    script = (
        "import sys; from awsactivate.cli import main; main(['secrets', 'exec', '--help'])\n"
        "print(*sorted(name for name in sys.modules if name.startswith('awsactivate.commands.secrets.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    loaded = [name.rpartition(".")[2] for name in done.stdout.splitlines()[-1].split()]
    assert loaded == ["command", "execution", "remembered", "services"]
