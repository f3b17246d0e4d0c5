"""The authorities in a file are read once for all connections, and anew when it was changed."""

from __future__ import annotations

import os
from pathlib import Path

from awsactivate.aws.direct import trust


def test_connections_that_trust_one_file_share_what_was_read_of_it(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_bytes(Path(trust.usual_bundle()).read_bytes())
    first = trust.shared(str(bundle))
    assert trust.shared(str(bundle)) is first
    assert trust.shared(None) is not first
    os.utime(bundle, (1, 1))
    assert trust.shared(str(bundle)) is not first


def test_who_changes_it_has_one_of_their_own() -> None:
    assert trust.context(None) is not trust.shared(None)
