"""The client of the tutorials says what is wrong with a command; what it does is told in `tests/test_embedded.py`."""

import pytest

from documentation.act import Refused, in_the_inbox, path_of, run


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


@pytest.mark.parametrize(
    ("form", "said"), [("{bad", "The form is not JSON: "), ("[1]", "names and values"), ("7", "names")]
)
def test_a_form_that_is_no_json_is_told_in_a_sentence(form: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        run(["hana", "BAT-3", "certify", form])


def test_a_task_is_told_with_what_it_is_about_and_when_it_is_due() -> None:
    task = {
        "case_id": "BAT-56", "action": "close-deviation", "title": "Close the deviation", "overdue": False,
        "about": "The stirrer stood still.\nFor an hour.", "prefill": {"deviation_id": "D-3", "version": 2},
        "due_at": "2026-12-30T21:59:59+02:00",
    }  # fmt: skip
    first = "BAT-56 close-deviation: Close the deviation (D-3; The stirrer stood still.), "
    assert in_the_inbox(task) == f"{first}due 2026-12-30 19:59 UTC"
    assert in_the_inbox({**task, "overdue": True}) == f"{first}due 2026-12-30 19:59 UTC, overdue"
    plain = {**task, "prefill": {}, "about": "", "due_at": None}
    assert in_the_inbox(plain) == "BAT-56 close-deviation: Close the deviation, without a due date"
