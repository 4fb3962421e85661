"""A certificate that its authority has suspended or withdrawn: what rests on it is told, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.refusals import Code
from records.batch.tables.decisions import HoldRow, ReviewDemandRow
from records.core.tables.cases import CaseRow
from records.core.tables.facts import FactRow
from records.site.tables import CertificateRow
from tests.records.certifying import a_certificate, fit
from tests.records.databases import on_one_database
from tests.records.making import registered
from tests.records.qualifying import a_qualification, refused
from tests.records.releasing import decided
from tests.records.seeded import START, Seeded
from tests.records.stopping import restores, stops

LATER = START + timedelta(days=20)


async def certified(seeded: Seeded) -> str:
    """The certificate of the seeded scope, shown in a qualification."""
    await fit(seeded)
    case = await a_qualification(seeded)
    (row,) = [each for each in await seeded.rows(CertificateRow) if each.type == "GMP_CERT"]
    async with seeded.database.writing() as session:
        (await session.get_one(CertificateRow, row.certificate_id)).case_id = case.case_id
    return row.certificate_id


async def standing(seeded: Seeded) -> list[tuple[str, str]]:
    return [(row.kind, row.identity) for row in await seeded.rows(FactRow) if row.revoked_at is None]


@on_one_database
@pytest.mark.parametrize("act", ["SUSPENDED", "WITHDRAWN"])
async def test_what_rests_on_it_is_held_and_reviewed_and_its_suspension_put_before_people(
    seeded: Seeded, act: str
) -> None:
    certificate = await certified(seeded)
    out = await registered(seeded)
    await decided(seeded, out.case_id, EU="RELEASE", US="RELEASE")
    link = {"batch_id": out.case_id, "relation": "INTERMEDIATE", "quantity": "20"}
    child = await registered(seeded, parents=[link])
    await stops(seeded, "ines", certificate, at=START, act=act)
    (hold,) = [row for row in await seeded.rows(HoldRow) if row.batch_id == child.case_id]
    assert (hold.type, hold.placed_in, hold.fact_kind) == ("CERT", certificate, "CertificateStopped")
    assert f"is {act.lower()} by its authority since 2025-01-13" in hold.reason
    assert {row.batch_id for row in await seeded.rows(ReviewDemandRow)} == {out.case_id}
    (case,) = [row for row in await seeded.rows(CaseRow) if row.process == "status-cases"]
    assert (case.kind, case.order["request"]["reason_code"]) == ("SUSPENSION", "REGULATORY_ACTION")
    row = await seeded.row(CertificateRow, certificate)
    assert (row.status, str(row.stopped_on), row.stopped_until) == (act, "2025-01-13", None)


@on_one_database
async def test_a_suspension_is_lifted_and_what_was_held_stays_until_people_lift_it(seeded: Seeded) -> None:
    certificate = await certified(seeded)
    await registered(seeded)
    await stops(seeded, "ines", certificate, at=START, act="SUSPENDED")
    await restores(seeded, "priya", certificate, at=LATER)
    row = await seeded.row(CertificateRow, certificate)
    assert (row.status, str(row.stopped_on), str(row.stopped_until)) == ("VERIFIED", "2025-01-13", "2025-02-02")
    assert [hold.lifted_at for hold in await seeded.rows(HoldRow)] == [None]
    assert await standing(seeded) == []
    await stops(seeded, "ines", certificate, at=LATER + timedelta(days=1))  # and once more
    assert await standing(seeded) == [("CertificateStopped", certificate)]


@on_one_database
async def test_what_is_suspended_may_be_withdrawn_and_counts_from_the_earlier_day_no_more(seeded: Seeded) -> None:
    certificate = await certified(seeded)
    await stops(seeded, "ines", certificate, at=START, act="SUSPENDED")
    await stops(seeded, "ines", certificate, at=LATER, act="WITHDRAWN")
    row = await seeded.row(CertificateRow, certificate)
    assert (row.status, str(row.stopped_on)) == ("WITHDRAWN", "2025-01-13")
    assert (await refused(stops(seeded, "priya", certificate, at=LATER))).code is Code.NOT_OPEN
    assert (await refused(restores(seeded, "priya", certificate, at=LATER))).code is Code.NOT_OPEN


@on_one_database
async def test_the_same_paper_is_stopped_at_every_scope_that_it_was_shown_for(seeded: Seeded) -> None:
    certificate = await certified(seeded)
    first = await seeded.row(CertificateRow, certificate)
    other = await a_certificate(seeded)
    async with seeded.database.writing() as session:
        row = await session.get_one(CertificateRow, other)
        row.number, row.case_id = first.number.lower().replace("_", " _"), first.case_id
    third = await a_certificate(seeded)
    effect = (await stops(seeded, "ines", certificate, at=START)).effect
    alike = {row.certificate_id for row in await seeded.rows(CertificateRow) if row.status == "WITHDRAWN"}
    assert set(effect["certificates"]) == alike  # type: ignore[arg-type]
    assert (await seeded.row(CertificateRow, third)).status == "VERIFIED"


REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("vito", "stop", {}, "wrong_role"),
    ("sana", "stop", {}, "wrong_role"),
    ("ines", "stop", {"since": "2025-01-15"}, "rule_broken"),
    ("ines", "restore", {}, "wrong_role"),
    ("priya", "restore", {}, "not_open"),
]


@on_one_database
@pytest.mark.parametrize(("by", "what", "given", "code"), REFUSED)
async def test_what_does_not_fit_is_refused_and_changes_nothing(
    seeded: Seeded, by: str, what: str, given: dict[str, Any], code: str
) -> None:
    certificate = await certified(seeded)
    act = stops if what == "stop" else restores
    assert (await refused(act(seeded, by, certificate, at=START, **given))).code == code
    assert (await seeded.row(CertificateRow, certificate)).status == "VERIFIED"
    assert await standing(seeded) == []


@on_one_database
@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"since": "2025-01-12"}, {"since"}),
        ({"since": "2025-02-03"}, {"since"}),
        ({"register_checked_on": "2025-02-01"}, {"register_checked_on"}),
        ({"register_checked_on": "2025-02-04"}, {"register_checked_on"}),
    ],
)
async def test_it_counts_again_only_as_the_register_bears_out(
    seeded: Seeded, given: dict[str, Any], fields: set[str]
) -> None:
    certificate = await certified(seeded)
    await stops(seeded, "ines", certificate, at=START, act="SUSPENDED")
    assert (await refused(restores(seeded, "priya", certificate, at=LATER, **given))).fields.keys() == fields


@on_one_database
async def test_what_no_authority_has_issued_is_not_stopped(seeded: Seeded) -> None:
    certificate = await certified(seeded)
    async with seeded.database.writing() as session:
        (await session.get_one(CertificateRow, certificate)).type = "ISO"
    refusal = await refused(stops(seeded, "ines", certificate, at=START))
    assert refusal.fields == {"act": "ISO is no paper of an authority"}
