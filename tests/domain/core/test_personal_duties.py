"""Every form of the program: what is a personal duty is given under the own name alone, and a no never needs a QP."""

from typing import Any

import pytest

from domain.appointment.appointment import APPOINTED
from domain.batch.markets import deciders
from domain.core.forms import Decision, Form, Process
from domain.core.people import DECIDERS, QUALITY_UNIT, Actor, Org, Role, refuse_under_delegation
from domain.core.refusals import Code, Refused
from domain.policy.market_rule import DecisionRule
from domain.processes import FORMS
from domain.record_kinds import RECORD_KINDS
from records.appointment.uses import SIGNED_BESIDE_CASES
from tests.domain.filling import filled

PERSONAL = [form for form in FORMS if form.action.in_person]
_SAYS_YES: dict[str, dict[str, Any]] = {
    "assess-impact": {"batches": ["BAT-1"], "confirmed": ["BAT-1"]},
    "review-release": {"demands": [7], "outcomes": [{"market": "EU", "outcome": "CONFIRM"}]},
}
_SAYS_NO: dict[str, dict[str, Any]] = {
    "accept-deviation": {"accept": False},
    "approve": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "approve-further": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "assess-impact": {"batches": ["BAT-1"], "confirmed": []},
    "approve-rework": {"approve": False},
    "certify": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "certify-further": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "confirm-manufacture": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "confirm-further": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "countersign-correction": {"confirm": False},
    "judge-other-market": {"goes_on": False},
    "release-for-processing": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "release-further": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "release-further-to-market": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "release-to-market": {"decision": "REJECT", "quantity": None, "reason": "Not now.", "grounds": ["OTHER"]},
    "review-release": {"demands": [7], "outcomes": [{"market": "EU", "outcome": "RECALL"}]},
    "sign-exception": {"approve": False},
    "sign-extension": {"approve": False},
    "sign-supply-exception": {"approve": False},
}


_OF_SITES = {
    "agree-recommendation", "co-sign", "co-sign-reinstatement", "confirm-quarantine", "consult-qp",
}  # fmt: skip
"""What the decider of the markets says of a site, an agreement or a place for goods: no batch is decided on by it, and
each batch that comes from there is certified under an appointment."""


def _actor(*roles: Role, on_behalf_of: str | None = None) -> Actor:
    return Actor(
        person="PER-1", user="tom", name="Tom", org=Org.SPONSOR, roles=frozenset(roles), on_behalf_of=on_behalf_of
    )


def test_these_signatures_are_personal_duties_and_no_others() -> None:
    assert {form.action.name for form in PERSONAL} == _SAYS_NO.keys()


@pytest.mark.parametrize("form", PERSONAL, ids=lambda form: form.action.name)
def test_a_personal_duty_is_refused_under_a_delegation_and_taken_under_the_own_name(form: type[Form]) -> None:
    given = filled(form, _SAYS_YES.get(form.action.name))
    assert given.is_personal()
    for role in form.action.by:
        refuse_under_delegation(_actor(role))
        with pytest.raises(Refused) as refused:
            refuse_under_delegation(_actor(role, on_behalf_of="PER-2"))
        assert (refused.value.refusal.code, refused.value.refusal.who) == (Code.PERSONAL_DUTY, "PER-2")


@pytest.mark.parametrize("form", PERSONAL, ids=lambda form: form.action.name)
def test_to_say_no_is_nobodys_duty_alone(form: type[Form]) -> None:
    assert not filled(form, _SAYS_NO[form.action.name]).is_personal()


@pytest.mark.parametrize("form", [form for form in FORMS if form.action.protected_by], ids=lambda form: form.__name__)
def test_who_else_may_say_no_may_not_say_yes(form: type[Form]) -> None:
    assert issubclass(form, Decision)
    assert filled(form).by() == form.action.deciders
    assert filled(form, _SAYS_NO[form.action.name]).by() == form.action.deciders | QUALITY_UNIT


def test_no_form_demands_a_qualified_person_without_asking_for_which_market() -> None:
    """Only certificates are theirs by themselves: their market needs one, and they are asked for no other market."""
    assert [form.action.name for form in FORMS if form.action.by == {Role.QP}] == ["certify", "certify-further"]
    assert {form.action.by for form in FORMS if form.action.by_market} == {DECIDERS}
    assert deciders((DecisionRule.QP, DecisionRule.QCU)) | deciders((DecisionRule.QCU,)) == DECIDERS


def test_what_the_decider_of_a_market_says_of_a_batch_is_a_personal_duty() -> None:
    """So it is signed under an appointment: the deciders of a market may never say it in a role that names nobody."""
    of_a_market = {form.action.name: form for form in FORMS if form.action.by_market or form.action.or_by_row}
    assert {name for name, form in of_a_market.items() if not form.action.in_person} == _OF_SITES


def test_a_yes_that_only_a_named_role_may_give_is_a_personal_duty_or_stops_something() -> None:
    named = {form for form in (*FORMS, *_beside_cases()) if form.action.deciders <= APPOINTED}
    assert named, "None is asked of a qualified person."
    assert {form.action.name for form in named if not (form.action.in_person or form.action.stops)} == set()


def test_every_personal_duty_beside_cases_keeps_what_it_was_signed_under() -> None:
    """By one function, and in the list of what is looked at again when an appointment turns out not to have counted."""
    duties = {
        f"{kind.noun}.{form.action.name}" for kind in RECORD_KINDS for form in kind.forms if form.action.in_person
    }
    assert duties == set(SIGNED_BESIDE_CASES)


def _beside_cases() -> list[type[Form]]:
    return [form for kind in RECORD_KINDS for form in kind.forms]


def test_what_only_protects_is_open_to_the_quality_unit() -> None:
    protective = ("place-hold", "redirect", "arrange-quarantine", "review-release", "report-later-finding")
    for name in protective:
        assert FORMS.answering(Process.BATCH, name).action.anyone & QUALITY_UNIT, name
