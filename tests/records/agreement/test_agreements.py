"""A quality agreement from its draft to the day it lapses, in the records."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from domain.core.days import Span
from domain.core.forms import Audience
from domain.core.refusals import Code
from records.agreement.in_force import agreement_in_force, notification_span
from records.agreement.queries import agreement, agreement_of_case, agreements
from records.agreement.tables import AgreementRow
from records.core.tables.cases import CaseRow, RecordRow, TaskRow
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

SCOPE = "SC-1"
PLANNED = date(2025, 1, 14)
SIGNED = ("sign-agreement", "sign-agreement-for-site")


async def negotiated(case: Qualifying, **terms: Any) -> None:
    """A draft that the site accepts and the consulted agree to."""
    suggested = (await case.asks("draft-agreement"))["terms"]
    await case.answers(
        "ines", "draft-agreement", {"terms": {**suggested, "effective_on": PLANNED.isoformat(), **terms}}
    )
    await case.does("vito", "answer-agreement")
    await case.does("rosa", "consult-regulatory")
    await case.does("quentin", "consult-qp")


async def signed(case: Qualifying) -> list[dict[str, Any]]:
    """Both quality units sign. Returns the effects."""
    signers = {"priya": "sign-agreement", "uta": "sign-agreement-for-site"}
    return [(await case.does(user, action)).effect for user, action in signers.items()]


async def in_force(seeded: Seeded, day: date) -> int | None:
    async with seeded.database.reading() as session:
        row = await agreement_in_force(session, SCOPE, day)
        return row.version if row else None


async def versions(seeded: Seeded) -> list[AgreementRow]:
    async with seeded.database.reading() as session:
        return list((await session.exec(select(AgreementRow).order_by(col(AgreementRow.version)))).all())


async def span(seeded: Seeded, key: str, day: date) -> str:
    async with seeded.database.reading() as session:
        return str(await notification_span(session, SCOPE, key, day))


async def test_an_agreement_is_drafted_answered_signed_by_both_and_takes_effect(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await negotiated(case)
    signature = {"qta_id": "QTA-1", "version": 1, "effective_at": "2025-01-14T00:00:00+00:00"}
    assert await signed(case) == [signature, signature]
    (row,) = await versions(seeded)
    assert (row.status, row.effective_from, await in_force(seeded, PLANNED)) == ("AGREED", None, None)
    case.passes(days=1)
    written = await case.notes("agreement.effective")
    assert written.effect == {
        "qta_id": "QTA-1",
        "version": 1,
        "effective_from": "2025-01-14",
        "review_due": "2027-01-14",
        "lapses_on": "2028-01-14",
    }
    (row,) = await versions(seeded)
    person = seeded.result.person
    assert (row.qta_id, row.version, row.status) == ("QTA-1", 1, "EFFECTIVE")
    assert (row.site_id, row.scope_id, row.case_id) == ("VM-02", SCOPE, case.case_id)
    assert (row.drafted_by, row.sponsor_signed_by, row.site_signed_by) == (
        person("ines"),
        person("priya"),
        person("uta"),
    )
    assert row.agreed_at is not None
    days = ["2025-01-13", "2025-01-14", "2028-01-14", "2028-01-15"]
    assert [await in_force(seeded, date.fromisoformat(day)) for day in days] == [None, 1, 1, None]


@on_one_database
async def test_a_task_suggests_what_the_policy_says_and_counts_by_its_clock(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    suggested = (await case.asks("draft-agreement"))["terms"]
    assert len(suggested["matrix"]) >= 30
    assert (suggested["products"], suggested["effective_on"]) == (["ARL-204"], START.date().isoformat())
    async with seeded.database.reading() as session:
        task = await session.get_one(TaskRow, case.tasks["draft-agreement"])
    assert task.deadline["policy_key"] == "qta.draft"


async def test_the_site_negotiates_until_it_accepts_and_earlier_drafts_fall_away(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert (await case.does("ines", "draft-agreement")).effect == {"qta_id": "QTA-1", "version": 1}
    comment = {"about": "change_control", "proposal": "Equipment of the same kind is notified."}
    await case.does("vito", "answer-agreement", accept=False, comments=[comment])
    suggested = (await case.asks("draft-agreement"))["terms"]
    suggested["change_tiers"]["EQUIPMENT"] = "NOTIFY"
    second = await case.answers("ines", "draft-agreement", {"terms": suggested, "changes": "Equipment is notified."})
    assert second.effect == {"qta_id": "QTA-1", "version": 2}
    await case.does("vito", "answer-agreement")
    assert [row.status for row in await versions(seeded)] == ["SUPERSEDED", "AGREED"]
    assert (await case.asks("draft-agreement"))["terms"]["change_tiers"]["EQUIPMENT"] == "NOTIFY"


async def test_a_version_of_a_later_case_supersedes_the_one_in_force(seeded: Seeded) -> None:
    first = await a_qualification(seeded)
    await negotiated(first)
    await signed(first)
    first.passes(days=1)
    await first.notes("agreement.effective")
    await first.closes("APPROVED")

    second = await a_qualification(seeded, at=first.at)
    second.passes(days=30)
    suggested = (await second.asks("draft-agreement"))["terms"]
    suggested["notification"]["oos"] = "4h"
    written = await second.answers("ines", "draft-agreement", {"terms": suggested, "changes": "Hours, not days."})
    assert written.effect == {"qta_id": "QTA-1", "version": 2}
    await second.does("vito", "answer-agreement")
    await signed(second)
    assert [row.status for row in await versions(seeded)] == ["EFFECTIVE", "AGREED"]
    second.passes(days=1)
    await second.notes("agreement.effective")

    assert [row.status for row in await versions(seeded)] == ["SUPERSEDED", "EFFECTIVE"]
    days = [date(2025, 1, 13), date(2025, 1, 14), date(2025, 2, 13), date(2025, 2, 14), date(2028, 2, 15)]
    assert [await in_force(seeded, day) for day in days] == [None, 1, 1, 2, None]
    assert [await span(seeded, "oos.notify", day) for day in days] == ["1bd", "1bd", "1bd", "4h", "1bd"]

    await is_rebuilt_identically(seeded.database, "agreements")


@on_one_database
async def test_clocks_follow_the_agreement_in_force_and_else_the_policy(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    notification = (await case.asks("draft-agreement"))["terms"]["notification"]
    await negotiated(case, notification={**notification, "critical_deviation": "2h", "change_approval_tier": "180d"})
    await signed(case)
    case.passes(days=1)
    await case.notes("agreement.effective")
    expected = {
        "crit_dev.notify": ("0d", "2h"),
        "change.notify": ("90d", "180d"),
        "batch.package": ("5bd", "5bd"),
        "audit.response.scheduled": ("30d", "30d"),
    }
    for key, spans in expected.items():
        assert (await span(seeded, key, date(2025, 1, 13)), await span(seeded, key, PLANNED)) == spans, key
    assert (await refused(span(seeded, "no.such.clock", PLANNED))).code is Code.NOT_FOUND
    async with seeded.database.reading() as session:
        assert await notification_span(session, "SC-2", "oos.notify", PLANNED) == Span.of("1bd")


@on_one_database
async def test_an_agreement_with_a_blank_row_is_refused_and_nothing_is_numbered(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    terms = (await case.asks("draft-agreement"))["terms"]
    terms["matrix"][0]["cdmo"] = []
    refusal = await refused(case.answers("ines", "draft-agreement", {"terms": terms}))
    assert (refusal.code, set(refusal.fields)) == (Code.RULE_BROKEN, {"terms.matrix.0.cdmo"})
    assert (await case.does("ines", "draft-agreement")).effect["qta_id"] == "QTA-1"


@on_one_database
@pytest.mark.parametrize(
    ("user", "action"),
    [
        ("vito", "answer-agreement"),
        ("rosa", "consult-regulatory"),
        ("quentin", "consult-qp"),
        ("hana", "sign-agreement"),
        ("uta", "sign-agreement-for-site"),
    ],
)
async def test_nobody_answers_comments_or_signs_on_a_version_that_is_not_current(
    seeded: Seeded, user: str, action: str
) -> None:
    case = await a_qualification(seeded)
    await negotiated(case)
    stale = await case.asks(action)
    await case.does("ines", "draft-agreement", changes="A typing error.")
    refusal = await refused(case.answers(user, action, stale))
    assert (refusal.code, set(refusal.fields)) == (Code.VERSION_STALE, {"draft"})


@on_one_database
@pytest.mark.parametrize(("user", "action"), [("priya", "sign-agreement"), ("uta", "sign-agreement-for-site")])
async def test_nobody_signs_what_the_site_has_not_accepted(seeded: Seeded, user: str, action: str) -> None:
    case = await a_qualification(seeded)
    await case.does("ines", "draft-agreement")
    comment = {"about": "recall", "proposal": "Costs are shared."}
    await case.does("vito", "answer-agreement", accept=False, comments=[comment])
    assert (await refused(case.does(user, action))).code is Code.NOT_OPEN


@on_one_database
async def test_who_wrote_the_agreement_does_not_sign_it(seeded: Seeded) -> None:
    roles: dict[str, Any] = {"set": {"roles": ["QA_APPROVER", "SUPPLIER_QUALITY"]}, "reason": "Stands in"}
    await seeded.write("person.changed", seeded.result.person("priya"), roles)
    case = await a_qualification(seeded)
    await case.does("priya", "draft-agreement")
    await case.does("vito", "answer-agreement")
    assert (await refused(case.does("priya", "sign-agreement"))).code is Code.SEGREGATION_OF_DUTIES
    await case.does("hana", "sign-agreement")


@on_one_database
async def test_it_does_not_take_effect_without_both_signatures_or_before_its_day(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    assert (await refused(case.notes("agreement.effective"))).code is Code.NOT_OPEN
    await negotiated(case)
    case.passes(days=1)
    await case.does("priya", "sign-agreement")
    assert (await refused(case.notes("agreement.effective"))).code is Code.RULE_BROKEN
    case.passes(days=-1)
    await case.does("uta", "sign-agreement-for-site")
    assert (await refused(case.notes("agreement.effective"))).code is Code.RULE_BROKEN
    await case.does("ines", "draft-agreement", changes="One more round.")
    case.passes(days=2)
    assert (await refused(case.notes("agreement.effective"))).code is Code.RULE_BROKEN, "signed was another version"


@on_one_database
async def test_the_site_reads_drafts_answers_and_signatures_but_not_what_the_sponsor_thinks(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await negotiated(case)
    await signed(case)
    async with seeded.database.reading() as session:
        assert (await session.get_one(CaseRow, case.case_id)).shared
        rows = (await session.exec(select(RecordRow).where(col(RecordRow.case_id) == case.case_id))).all()
    shared = {row.action for row in rows if row.audience == Audience.SHARED.value}
    assert shared == {"draft-agreement", "answer-agreement", *SIGNED}


async def test_people_read_the_agreements_of_their_sites_with_all_signatures(seeded: Seeded) -> None:
    case = await a_qualification(seeded)
    await negotiated(case)
    await signed(case)
    case.passes(days=1)
    await case.notes("agreement.effective")
    await case.does("ines", "draft-agreement", changes="Next year's version.")
    tom, vito, olga = [await seeded.actor(user) for user in ("tom", "vito", "olga")]
    today = PLANNED
    async with seeded.database.reading() as session:
        page = await agreements(session, tom, today=today, site="VM-02", scope=SCOPE, cursor=None, limit=1)
        rest = await agreements(session, vito, today=today, site=None, scope=None, cursor=page.next, limit=1)
        whole = await agreement(session, vito, "QTA-1", today=today)
        later = await agreement(session, tom, "QTA-1", today=date(2029, 1, 1))
        newest = await agreement_of_case(session, vito, case.case_id, today=today)
        others = await agreements(session, olga, today=today, site="VM-02", scope=None, cursor=None, limit=9)
        assert await agreement_of_case(session, olga, case.case_id, today=today) is None
        assert (await refused(agreement(session, olga, "QTA-1", today=today))).code is Code.NOT_FOUND
    assert [(item.version, item.status) for item in (*page.items, *rest.items)] == [(2, "DRAFT"), (1, "EFFECTIVE")]
    assert (rest.next, others.items) == (None, ())
    assert (whole.in_force, [view.version for view in whole.versions]) == (1, [2, 1])
    assert [[sig.printed_name for sig in view.signatures] for view in whole.versions] == [
        ["Ines Marin"],
        ["Ines Marin", "Priya Raman", "Uta Brenner"],
    ]
    assert [(sig.meaning.value, sig.record_version) for sig in whole.versions[1].signatures] == [
        ("AUTHORED", 1),
        ("APPROVED", 1),
        ("APPROVED", 1),
    ]
    assert (later.in_force, later.versions[1].status) == (None, "LAPSED")
    assert newest is not None
    assert (newest.version, newest.url) == (2, "/v1/agreements/QTA-1/2")
