"""All accounts and roles that the bearer of a token of single sign-on may use, asked for at AWS's pace."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from awsactivate.aws.answers import NoAnswer, Refused, Unreadable, not_aws
from awsactivate.aws.throughput import Throughput
from awsactivate.background import Background
from awsactivate.profiles.synced import Access
from awsactivate.sessions import arns

# docs.aws.amazon.com/singlesignon/latest/userguide/limits.html: ListAccountRoles and ListAccounts, each
REQUESTS_PER_SECOND = 20

_PARALLEL = 8
_TRIES = 6
_PAGE = 100
_ACCOUNT = re.compile(r"[0-9]{12}")

Call = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


def list_accesses(
    call: Call,
    token: str,
    *,
    progress: Callable[[int], None] = lambda count: None,
    throughput: Throughput | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Access]:
    """Return them by account and role; `progress` is told how many accounts have answered.

    `call` makes one request: Refused and NoAnswer come through where they last. Nothing is returned in part.
    """
    asking = _Asking(call, token, throughput or Throughput(REQUESTS_PER_SECOND), sleep)
    waiting = deque(asking.list_pages("ListAccounts", "accountList", {}))
    found: list[Access] = []
    done = [0]
    lock = threading.Lock()

    def work() -> None:
        try:
            while waiting:
                account = waiting.popleft()
                own = [_access(account, role) for role in asking.list_roles(account)]
                with lock:
                    found.extend(own)
                    done[0] += 1
                    progress(done[0])
        except IndexError:
            return  # another was faster
        except BaseException:
            waiting.clear()
            raise

    threads = [Background(work, in_openssl=True) for _ in range(min(_PARALLEL, len(waiting)))]
    for thread in threads:
        thread.result()
    return sorted(found, key=lambda one: (one.account_name, *one.key))


class _Asking:
    """Requests for one token, at one pace."""

    def __init__(
        self, call: Call, token: str, throughput: Throughput, sleep: Callable[[float], None]
    ) -> None:
        self._call = call
        self._token = token
        self._throughput = throughput
        self._sleep = sleep

    def list_roles(self, account: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """List the roles of an account."""
        account_id = str(account.get("accountId", ""))
        if not _ACCOUNT.fullmatch(account_id):
            raise Unreadable(not_aws(200))
        yield from self.list_pages("ListAccountRoles", "roleList", {"accountId": account_id})

    def list_pages(self, name: str, member: str, asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """List what an operation gives a page at a time."""
        more: dict[str, Any] = {"maxResults": _PAGE}
        while True:
            found = self._ask_patiently({"accessToken": self._token, **asked, **more}, name)
            yield from found[member]
            if not found.get("nextToken"):
                return
            more["nextToken"] = found["nextToken"]

    def _ask_patiently(self, asked: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Ask again where AWS is asked too much, or out of order: nothing is changed by it."""
        for attempt in range(_TRIES):
            self._throughput.wait()
            try:
                return self._call(name, asked)
            except Refused as refused:
                is_last = attempt == _TRIES - 1
                if is_last or not (refused.is_throttling or refused.is_out_of_order):
                    raise
            except NoAnswer:
                if attempt >= 1:
                    raise
            self._sleep(0.5 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")


def _access(account: Mapping[str, Any], role: Mapping[str, Any]) -> Access:
    name = str(role.get("roleName") or "")
    if not arns.is_name(name):
        raise Unreadable(not_aws(200))
    return Access(str(account["accountId"]), str(account.get("accountName") or ""), name)
