"""Which variables a file beside a terraform configuration sets: it wins over the environment."""

from __future__ import annotations

from awsactivate.parameter_store.names import terraform_variable


def is_read_by_terraform(name: str) -> bool:
    """Tell whether terraform reads the file `name` without being told to."""
    plain = name.removesuffix(".json")
    return plain == "terraform.tfvars" or plain.endswith(".auto.tfvars")


def variables_of(name: str, data: bytes) -> frozenset[str]:
    """Return the `TF_VAR_…` variables that the file would hide; none where it can't be read.

    What is wrong with the file, terraform will say itself, better.
    """
    from awsactivate.parameter_store import json_values, tfvars  # there is seldom such a file
    from awsactivate.parameter_store.literals import FileRefusedError

    try:
        text = data.decode()
        if name.endswith(".json"):
            names = list(json_values.read(text))
        else:
            names = [found.name for found in tfvars.read(text)]
    except (FileRefusedError, UnicodeDecodeError):
        return frozenset()
    return frozenset(terraform_variable(one) for one in names)
