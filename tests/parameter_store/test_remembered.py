"""What is kept of a command line for completion: the services' names, the last ones first."""

from __future__ import annotations

from pathlib import Path

from parameter_store.stores import Store


def remembered(store: Store) -> list[str]:
    """Read what the state folder keeps."""
    file = Path(store.environ["HOME"]) / ".local/state/awsactivate/services"
    return file.read_text("utf-8").splitlines() if file.exists() else []


def test_the_services_that_worked_are_remembered_the_last_one_first(store: Store) -> None:
    store.secrets("set", "app/prod", "key", stdin="s3cret")
    store.secrets("set", "web", "key", stdin="s3cret")
    store.secrets("export", "app/prod", "web")
    store.secrets("exec", "web", "--", "true")
    assert store.secrets("get", "no//service", "key").status != 0
    assert remembered(store) == ["web", "app/prod"]
    file = Path(store.environ["HOME"]) / ".local/state/awsactivate/services"
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_state_folder_that_cannot_be_written_changes_nothing(store: Store) -> None:
    state = Path(store.environ["HOME"]) / ".local/state"
    state.parent.mkdir(parents=True, exist_ok=True)
    state.write_text("in the way")
    answer = store.secrets("set", "app", "key", stdin="s3cret")
    assert (answer.status, answer.stderr) == (0, "awsactivate: /app/key is now version 1\n")
