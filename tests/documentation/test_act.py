"""The client of the tutorials says what is wrong with a command; what it does is told in `tests/test_embedded.py`."""

import pytest

from documentation.act import Refused, path_of, run


@pytest.mark.parametrize(
    ("case", "path"), [("AUD-3", "/v1/audits/AUD-3"), ("CAPA-12", "/v1/capas/CAPA-12"), ("BAT-1", "/v1/batches/BAT-1")]
)
def test_a_case_is_found_by_the_prefix_of_its_id(case: str, path: str) -> None:
    assert path_of(case) == path


def test_what_is_no_case_is_told() -> None:
    with pytest.raises(Refused, match="XY-1 is no id of a case, such as AUD-1"):
        path_of("XY-1")


@pytest.mark.parametrize("arguments", [[], ["ines", "AUD-1", "plan", "{}", "more"]])
def test_a_command_that_is_not_understood_is_answered_with_its_usage(arguments: list[str]) -> None:
    with pytest.raises(Refused, match=r"python -m documentation\.act hana"):
        run(arguments)
