"""All values on a path of Parameter Store, fetched in parallel under SSM's own throughput.

SSM gives ten values a call, and a path's pages come only one after another. So beyond the first page the
names (fifty a call) are asked for, and the values by their names, many calls at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from awsactivate.aws.answers import NoAnswer, Refused
from awsactivate.aws.parameters import PARALLEL, Parameter, Ssm, list_descriptions, refusal
from awsactivate.aws.throughput import Throughput
from awsactivate.background import Background
from awsactivate.errors import AccessDeniedError, AwsactivateError, AwsError
from awsactivate.frozen import dataclass, field

TYPE_CHECKING = False  # as typing has it, without the import of typing
if TYPE_CHECKING:
    from typing import Any

# docs.aws.amazon.com/general/latest/gr/ssm.html: GetParameter, GetParameters, GetParametersByPath share it
TRANSACTIONS_PER_SECOND = 40
_BATCH = 10

Progress = Callable[[int], None]


def fetch(
    ssm: Ssm, path: str, *, progress: Progress = lambda count: None, throughput: Throughput | None = None
) -> list[Parameter]:
    """Return the parameters directly on `path`, decrypted, by name; `progress` is told how many are here.

    The error names the parameter that can't be read, and then none is returned.
    """
    reading = _Reading(ssm, throughput or Throughput(TRANSACTIONS_PER_SECOND), progress)
    token = reading.read_page(path, None)
    if token:
        try:
            names = (found.name for page in list_descriptions(ssm, path) for found in page)
            reading.read_in_parallel(name for name in names if name not in reading.found)
        except AccessDeniedError:
            # Whoever may read the path may not list it, or not by names: chamber itself needs neither.
            while token:
                token = reading.read_page(path, token)
    return reading.parameters()


def fetch_named(
    ssm: Ssm, names: Iterable[str], *, progress: Progress = lambda count: None
) -> list[Parameter]:
    """Return the parameters of these names, decrypted, by name; a name that is not there is an error."""
    reading = _Reading(ssm, Throughput(TRANSACTIONS_PER_SECOND), progress)
    reading.read_in_parallel(names)
    return reading.parameters()


@dataclass
class _Reading:
    """What has come so far, from a client, at a pace."""

    ssm: Ssm
    throughput: Throughput
    progress: Progress
    found: dict[str, Parameter] = field(default_factory=dict, repr=False)
    ending: str = ""
    """What is put after a path: nothing, or `/`, where only that is allowed."""

    def parameters(self) -> list[Parameter]:
        return [self.found[name] for name in sorted(self.found)]

    def add(self, parameters: Iterable[dict[str, Any]]) -> None:
        for found in parameters:
            self.found[found["Name"]] = Parameter(found["Name"], found["Value"], found["Version"])
        self.progress(len(self.found))

    def read_page(self, path: str, token: str | None) -> str | None:
        """Take one page of `path`, and return the token of the next."""
        request: dict[str, Any] = {"Path": path + self.ending, "MaxResults": _BATCH, "Recursive": False}
        if token:
            request["NextToken"] = token
        try:
            answer = self.read_by_path(request)
        except (Refused, NoAnswer) as error:
            other = self.read_by_other_path(request) if not token and _is_denial(error) else None
            if other is None:
                names = self.names_on_page(request) if _may_be_one(error) else []
                raise self.find_culprit(error, "GetParametersByPath", path, names) from error
            answer = other
        self.add(answer["Parameters"])
        following: str | None = answer.get("NextToken")
        return following

    def read_by_path(self, request: dict[str, Any]) -> Mapping[str, Any]:
        self.throughput.wait()
        return self.ssm.read("GetParametersByPath", {**request, "WithDecryption": True})

    def read_by_other_path(self, request: dict[str, Any]) -> Mapping[str, Any] | None:
        """Ask as chamber does: AWS authorises the path as it was sent, and a policy may allow only this."""
        try:
            answer = self.read_by_path({**request, "Path": f"{request['Path']}/"})
        except (Refused, NoAnswer):
            return None  # the denial that made us ask is what is said
        self.ending = "/"
        return answer

    def read_in_parallel(self, names: Iterable[str]) -> None:
        """Take the parameters of `names`, which may come in slowly, by batches in many threads."""
        pending: deque[Background[list[dict[str, Any]]]] = deque()
        for batch in _batches(names):
            pending.append(Background(partial(self.read_batch, batch)))
            if len(pending) == PARALLEL:
                self.add(pending.popleft().result())
        while pending:
            self.add(pending.popleft().result())

    def read_batch(self, names: list[str]) -> list[dict[str, Any]]:
        self.throughput.wait()
        try:
            answer = self.ssm.read("GetParameters", {"Names": names, "WithDecryption": True})
        except (Refused, NoAnswer) as error:
            label = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
            raise self.find_culprit(error, "GetParameters", label, names) from error
        if answer.get("InvalidParameters"):
            missing = ", ".join(sorted(answer["InvalidParameters"]))
            raise AwsError(
                f"{missing} was deleted while it was read (ParameterNotFound)",
                "try again",
                code="ParameterNotFound",
            )
        parameters: list[dict[str, Any]] = answer["Parameters"]
        return parameters

    def names_on_page(self, request: dict[str, Any]) -> list[str]:
        """Name what is on a page that could not be decrypted; [] where not even this can be had."""
        try:
            answer = self.ssm.read("GetParametersByPath", {**request, "WithDecryption": False})
        except (Refused, NoAnswer):
            return []  # the error that made us ask says what is the matter
        return [found["Name"] for found in answer["Parameters"]]

    def find_culprit(
        self, error: Refused | NoAnswer, operation: str, label: str, names: list[str]
    ) -> AwsactivateError:
        """Find which one of `names` a call for all of them failed for: SSM does not say."""
        if not _may_be_one(error):
            return refusal(error, operation, label)
        for name in names:
            self.throughput.wait()
            try:
                self.ssm.read("GetParameters", {"Names": [name], "WithDecryption": True})
            except Refused as own:
                if "ssm:GetParameters" in own.message and operation != "GetParameters":
                    break  # it may not ask for single ones, which says nothing about this one
                return refusal(own, "GetParameters", name)
            except NoAnswer as own:
                return refusal(own, "GetParameters", name)
        return refusal(error, operation, label)


def _is_denial(error: Refused | NoAnswer) -> bool:
    return isinstance(error, Refused) and "AccessDenied" in error.code


def _may_be_one(error: Refused | NoAnswer) -> bool:
    """Tell whether a single parameter's own policy or KMS key can be why a call for many failed."""
    if not isinstance(error, Refused):
        return False
    code = error.code
    return _is_denial(error) or (("Key" in code or "KMS" in code) and "Throttl" not in code)


def _batches(names: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
