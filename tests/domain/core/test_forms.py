"""What every form of the program must declare."""

import pytest

from domain.core.forms import Audience, Form, Meaning, Process, canonical
from domain.core.people import CDMO_ROLES, NEVER_SIGN, Role
from domain.processes import FORMS

ALL = list(FORMS)


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.__name__)
def test_a_form_says_what_it_is_in_its_schema(form: type[Form]) -> None:
    schema = form.model_json_schema()
    assert schema["description"]
    assert all("description" in field for field in schema.get("properties", {}).values())


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.__name__)
def test_who_cannot_sign_is_asked_for_no_signature(form: type[Form]) -> None:
    assert form.action.meaning is None or not form.action.by & NEVER_SIGN


@pytest.mark.parametrize("form", ALL, ids=lambda form: form.__name__)
def test_what_the_cdmo_submits_it_may_also_see(form: type[Form]) -> None:
    if form.action.by & CDMO_ROLES and form.action.process is not None:
        assert form.action.audience is Audience.SHARED


def test_procurement_and_supply_chain_approve_nothing() -> None:
    approvals = {Meaning.APPROVED, Meaning.CERTIFIED, Meaning.WAIVED}
    assert [
        f for f in ALL if f.action.meaning in approvals and f.action.by & {Role.PROCUREMENT, Role.SUPPLY_CHAIN}
    ] == []


def test_action_names_are_unique_within_a_process() -> None:
    for process in Process:
        names = [form.action.name for form in ALL if form.action.belongs_to(process)]
        assert len(names) == len(set(names))


def test_the_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": [True, None, "ä"]}) == '{"a":[true,null,"ä"],"b":1}'
