"""Every form whose yes protects: who asked for it may give that yes, and not the no (section 16, law 4)."""

from typing import Any

import pytest

from domain.core.forms import Decision, Form
from domain.core.people import Actor, Org, Role, refuse_unless_permitted
from domain.core.protection import ProtectionAcknowledgement, refuse_unless_of_the_case
from domain.core.refusals import Code, Refused
from domain.processes import FORMS
from tests.domain.filling import filled

DECISIONS = [form for form in FORMS if issubclass(form, Decision)]
PROTECTING = [form for form in DECISIONS if form.yes_protects]
_NO: dict[str, dict[str, Any]] = {
    "suspend": {"suspend": False, "scope": None, "exit_criteria": []},
    "put-on-probation": {"put": False, "measures": [], "review_on": None},
    "disqualify": {"disqualify": False, "exit_plan": None},
    "decide-suspension": {"suspend": False, "scope": None},
    "decide-abort": {"confirm": False},
    "decide": {"accept": False},
}
STOPPING = {"suspend", "restrict", "disqualify", "quarantine", "reject", "recall", "hold", "put"}
"""Questions whose yes restricts a site or stops goods."""
BARRED = {"PER-1": "S1"}


def _head(form: type[Form], person: str = "PER-1") -> Actor:
    return Actor(person=person, user="hana", name="Hana", org=Org.SPONSOR, roles=form.action.by)


def test_these_decisions_protect_and_no_others() -> None:
    assert {form.action.name for form in PROTECTING} == _NO.keys()
    asked = {form for form in DECISIONS for name in form.model_fields if name in STOPPING}
    assert asked <= set(PROTECTING)


@pytest.mark.parametrize("form", PROTECTING, ids=lambda form: form.action.name)
def test_who_asked_for_protection_gives_it_on_hold_and_whoever_it_is_assigned_to(form: type[Decision]) -> None:
    yes, hana = filled(form), _head(form)
    assert yes.approves()
    assert not yes.waits_on_hold()
    refuse_unless_permitted(hana, by=yes.by(), assignee=yes.assigned_to("PER-2"), barred=yes.bars(BARRED))
    assert form.keeps_out(BARRED) == {}


@pytest.mark.parametrize("form", PROTECTING, ids=lambda form: form.action.name)
def test_who_asked_for_protection_does_not_decline_it(form: type[Decision]) -> None:
    no, hana = filled(form, _NO[form.action.name]), _head(form)
    assert not no.approves()
    assert not no.is_noted_if_barred()
    with pytest.raises(Refused) as refused:
        refuse_unless_permitted(hana, by=no.by(), barred=no.bars(BARRED))
    assert refused.value.refusal.code is Code.SEGREGATION_OF_DUTIES
    with pytest.raises(Refused) as refused:
        refuse_unless_permitted(hana, by=no.by(), assignee=no.assigned_to("PER-2"))
    assert refused.value.refusal.code is Code.NOT_ASSIGNED


@pytest.mark.parametrize("form", [form for form in DECISIONS if not form.yes_protects], ids=lambda form: form.__name__)
def test_every_other_yes_keeps_its_bars_even_if_nobody_is_left(form: type[Decision]) -> None:
    assert form.keeps_out(BARRED) == BARRED
    yes = filled(form)
    if yes.approves():
        assert yes.bars(BARRED) == BARRED


def test_a_protection_with_one_signature_is_noted_by_an_executive_afterwards() -> None:
    noted = {form.action.name for form in PROTECTING if filled(form).is_noted_if_barred()}
    assert noted == {"suspend", "decide-suspension", "decide-abort", "decide"}
    assert ProtectionAcknowledgement.action.by == {Role.EXECUTIVE_SPONSOR}


def test_what_is_noted_is_a_decision_of_the_case() -> None:
    refuse_unless_of_the_case(is_known=True)
    with pytest.raises(Refused) as refused:
        refuse_unless_of_the_case(is_known=False)
    assert (refused.value.refusal.code, [*refused.value.refusal.fields]) == (Code.VERSION_STALE, ["decision"])
