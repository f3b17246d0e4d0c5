"""What the documents mean, by the project's own evaluator of IAM."""

from __future__ import annotations

import pytest

from account.answers import answer
from account.policy_cases import Case, cases
from account.scope_cases import scope_cases


@pytest.mark.parametrize("case", [*cases(), *scope_cases()], ids=str)
def test_the_documents_answer_as_the_table_says(case: Case) -> None:
    assert answer(case) == case.expected


def test_the_table_is_large_and_each_row_says_something_else() -> None:
    said = [case.says for case in (*cases(), *scope_cases())]
    assert len(said) >= 100
    assert len(said) == len(set(said))
