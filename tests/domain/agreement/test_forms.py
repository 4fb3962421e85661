from datetime import date
from typing import Any

import pytest

from domain.agreement.agreement import AgreementStatus
from domain.agreement.forms import (
    AgreementAnswer,
    QpConsultation,
    RegulatoryConsultation,
    SiteSignature,
    SponsorSignature,
    refuse_unless_answered,
    refuse_unless_may_take_effect,
    refuse_unless_signable,
)
from domain.core.forms import Decision, Meaning
from domain.core.people import CDMO_ROLES
from domain.core.refusals import Code, Refused
from tests.domain.filling import faults, filled

COMMENT = {"about": "change_control", "proposal": "Notify only."}


@pytest.mark.parametrize(
    ("accept", "comments", "expected"),
    [(True, [], set()), (True, [COMMENT], set()), (False, [COMMENT], set()), (False, [], {"comments"})],
)
def test_a_site_that_turns_a_draft_down_says_what_should_be_otherwise(
    accept: bool,  # noqa: FBT001
    comments: list[dict[str, str]],
    expected: set[str],
) -> None:
    answer = filled(AgreementAnswer, accept=accept, comments=comments)
    assert faults(lambda: refuse_unless_answered(answer)) == expected


@pytest.mark.parametrize(
    ("form", "given", "meaning"),
    [
        (AgreementAnswer, {"accept": True}, None),
        (AgreementAnswer, {"accept": False}, None),
        (RegulatoryConsultation, {"agree": True}, Meaning.REVIEWED),
        (QpConsultation, {"agree": False}, Meaning.REJECTED),
    ],
)
def test_an_answer_is_not_signed_and_a_consultation_is(
    form: type[Decision], given: dict[str, Any], meaning: Meaning | None
) -> None:
    assert filled(form, **given).meaning() is meaning


def test_each_side_signs_with_its_own_quality_unit() -> None:
    assert not SponsorSignature.action.by & CDMO_ROLES
    assert SiteSignature.action.by <= CDMO_ROLES


@pytest.mark.parametrize(
    ("status", "signers", "expected"),
    [
        ("AGREED", {"PER-3"}, set()),
        ("AGREED", {"PER-1"}, {Code.SEGREGATION_OF_DUTIES}),
        ("AGREED", {"PER-3", "PER-1"}, {Code.SEGREGATION_OF_DUTIES}),
        ("DRAFT", {"PER-3"}, {Code.NOT_OPEN}),
        ("SUPERSEDED", {"PER-3"}, {Code.NOT_OPEN}),
        ("EFFECTIVE", {"PER-3"}, {Code.NOT_OPEN}),
    ],
)
def test_only_an_accepted_text_is_signed_and_never_by_its_author_or_for_its_author(
    status: str, signers: set[str], expected: set[Code]
) -> None:
    found: set[Code] = set()
    try:
        refuse_unless_signable(AgreementStatus(status), author="PER-1", signers=signers)
    except Refused as refused:
        found = {refused.refusal.code}
    assert found == expected


@pytest.mark.parametrize(
    ("sponsor", "site", "today", "said"),
    [
        (True, True, date(2025, 5, 20), ""),
        (True, True, date(2025, 5, 21), ""),
        (True, True, date(2025, 5, 19), "takes effect on 2025-05-20"),
        (False, True, date(2025, 5, 20), "not signed by: sponsor."),
        (True, False, date(2025, 5, 20), "not signed by: site."),
        (False, False, date(2025, 5, 20), "not signed by: sponsor, site."),
    ],
)
def test_it_takes_effect_when_both_have_signed_and_its_day_has_come(
    sponsor: bool,  # noqa: FBT001
    site: bool,  # noqa: FBT001
    today: date,
    said: str,
) -> None:
    message = ""
    try:
        refuse_unless_may_take_effect(sponsor_signed=sponsor, site_signed=site, planned=date(2025, 5, 20), today=today)
    except Refused as refused:
        message = refused.refusal.message
    assert bool(message) == bool(said)
    assert said in message
