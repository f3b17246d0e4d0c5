"""Botocore's models of the services, by their names."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from awsactivate.guard.models import Model, model

_NAME = re.compile(r"[a-z0-9-]+")


@lru_cache(maxsize=64)
def load(name: str) -> Model | None:
    """Load a service's model; None where the botocore that is installed has none."""
    import gzip
    import json

    from botocore.exceptions import DataNotFoundError
    from botocore.loaders import Loader

    if not _NAME.fullmatch(name):  # whoever asks has it from a request
        return None
    loader = Loader()
    try:
        version = loader.determine_latest_version(name, "service-2")
    except DataNotFoundError:
        return None
    # its own way makes ordered mappings, and merges what is for clients only: that takes three times as long
    for folder in loader.search_paths:
        for ending, opened in ((".json.gz", gzip.open), (".json", open)):
            file = Path(folder, name, version, f"service-2{ending}")
            if file.is_file():
                with opened(file, "rb") as told:
                    return model(name, json.loads(told.read()))
    return None
