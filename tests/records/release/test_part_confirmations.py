"""Confirmations of parts: along the agreement, by a qualified person of that very site, and what their end does."""

from datetime import timedelta
from typing import Any

import pytest

from domain.core.refusals import Code
from records.agreement.tables import AgreementRow
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.batch.tables.batches import BatchRow
from records.batch.tables.decisions import BatchMarketRow, HoldRow, ReviewDemandRow
from records.core.policies import Policies
from records.release.queries.part_confirmations import part_confirmations
from records.release.tables import PartConfirmationRow
from tests.cost.test_gates import counted
from tests.records.appointing import appointed, ends
from tests.records.certifying import decides, fit, reviewed
from tests.records.confirming import PMC, confirms, withdraws
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.release.test_further_processing import employed
from tests.records.seeded import Seeded

SITE = {"article": "5.2", "confirmed_by": "SITE", "statement": "The site confirms each batch."}
VITOS = "APT-VITO-CDMO-QP"
OF = {"scope_id": "SC-1", "agreement": "QTA-1", "agreement_version": 1}


async def packed(seeded: Seeded, *articles: dict[str, Any], certified_on: str = "OB-01", **given: Any) -> Qualifying:
    """A pack waits for its certificate by who is on the licence of a site; what the agreement says of confirmations."""
    batch = await reviewed(await fit(seeded), markets=["EU", "US"])
    await employed(seeded, "vito", "CDMO_QP", "VM-02", **given)
    async with seeded.database.writing() as session:
        (await session.get_one(AppointmentRow, "APT-1")).licence_site = certified_on
        row = await session.get_one(AgreementRow, ("QTA-1", 1))
        row.terms = {**row.terms, "confirmations": [*articles]}
    return batch


async def given(batch: Qualifying, by: str = "vito", number: str = PMC, **changes: Any) -> None:
    await confirms(batch.seeded, by, number, at=batch.at, **{"batch_id": batch.case_id, **OF, **changes})


async def test_a_pack_is_certified_once_its_site_has_confirmed_and_says_so_on_its_page(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert (refusal.code, list(refusal.fields)) == (Code.GATE_CLOSED, ["G13"])
    assert "quality agreement QTA-1, version 1, article 5.2 asks" in refusal.fields["G13"]
    await given(batch)
    async with seeded.database.reading() as session:
        vito = await seeded.actor("vito", at=batch.at)
        shown = await part_confirmations(session, Policies(), vito, batch.case_id, batch.at)
    (part,) = shown.parts
    assert (part.by_site, part.article, part.confirmed) == ("VM-02", "5.2", PMC)
    written = await decides(batch, "quentin", "EU")
    (gate,) = (each for each in written.effect["gates"] if each["gate"] == "G13")
    (line,) = (each for each in gate["looked_at"] if PMC in each)
    assert "under APT-" in line
    assert "quality agreement QTA-1, version 1, article 5.2" in line
    (use,) = (row for row in await seeded.rows(AppointmentUseRow) if row.stream == PMC)
    assert (use.number, use.batch_id) == (VITOS, batch.case_id)
    await are_rebuilt_identically(seeded.database, "part_confirmations")


async def test_who_certifies_on_the_licence_of_the_very_site_needs_no_other_of_it(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE, certified_on="VM-02")
    written = await decides(batch, "quentin", "EU")
    (gate,) = (each for each in written.effect["gates"] if each["gate"] == "G13")
    (line,) = (each for each in gate["looked_at"] if "whoever certifies is on the licence of" in each)
    assert line.endswith("(VM-02), as quality agreement QTA-1, version 1, article 5.2 asks")


@on_one_database
async def test_a_confirmation_under_an_appointment_that_had_ended_does_not_count_and_what_is_released_is_reviewed(
    seeded: Seeded,
) -> None:
    batch = await packed(seeded, SITE)
    await given(batch)
    await decides(batch, "quentin", "EU")
    tomorrow = batch.at + timedelta(days=1)
    await ends(seeded, VITOS, at=tomorrow)
    assert await seeded.rows(ReviewDemandRow) == []  # it counted as it was signed
    await ends(seeded, VITOS, by="hana", at=tomorrow, ended_from=batch.at.date())
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert (demand.batch_id, demand.cause, demand.fact_kind) == (batch.case_id, VITOS, "SignedUnderNone")


@on_one_database
async def test_a_confirmation_under_an_appointment_that_had_ended_is_given_anew(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    await given(batch)
    await ends(seeded, VITOS, at=batch.at)
    refusal = await refused(decides(batch, "quentin", "EU"))
    assert f"{PMC} of Vito " in refusal.fields["G13"]
    assert f"does not count: it was signed under {VITOS}, which did not count by then" in refusal.fields["G13"]
    await appointed(seeded, "vito", "CDMO_QP", "APT-8", at=batch.at)
    await given(batch, number="PMC-78")
    await decides(batch, "quentin", "EU")


@on_one_database
async def test_it_is_signed_under_an_appointment_for_a_market_of_the_batch(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE, markets=["JP"])
    refusal = await refused(given(batch))
    assert (refusal.code, list(refusal.fields)) == (Code.NOT_APPOINTED, ["appointment", "appointment.markets"])


@on_one_database
async def test_what_is_confirmed_once_is_not_confirmed_again_but_anew_after_a_withdrawal(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    await given(batch)
    batch.passes(minutes=1)
    assert (await refused(given(batch, number="PMC-78"))).code is Code.CONFLICT
    assert (await refused(given(batch))).code is Code.CONFLICT
    await withdraws(seeded, "vito", at=batch.at)
    assert (await refused(withdraws(seeded, "hana", at=batch.at))).code is Code.ALREADY_ANSWERED
    batch.passes(minutes=1)
    await given(batch, number="PMC-78")
    assert {row.number for row in await seeded.rows(PartConfirmationRow) if row.withdrawn_at is None} == {"PMC-78"}


@on_one_database
async def test_a_withdrawal_holds_what_is_undecided_and_has_what_is_released_reviewed(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    await given(batch)
    await decides(batch, "quentin", "EU")
    await withdraws(seeded, "hana", at=batch.at, reason="The line was not cleared.")
    (hold,) = await seeded.rows(HoldRow)
    assert (hold.batch_id, hold.type, "The line was not cleared." in hold.reason) == (batch.case_id, "SUPPLY", True)
    (demand,) = await seeded.rows(ReviewDemandRow)
    assert demand.batch_id == batch.case_id
    assert (await seeded.row(BatchMarketRow, (batch.case_id, "EU"))).decision == "RELEASE"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"batch_id": "BAT-77"}, {"scope_id"}),
        ({"scope_id": "SC-77"}, {"scope_id"}),
        ({"agreement": "QTA-7"}, {"agreement"}),
        ({"agreement_version": 2}, {"agreement_version"}),
        ({"authorisation": "DE_77"}, {"authorisation", "appointment"}),
    ],
)
@on_one_database
async def test_a_confirmation_goes_along_the_agreement(
    seeded: Seeded, changes: dict[str, Any], fields: set[str]
) -> None:
    batch = await packed(seeded, SITE)
    assert set((await refused(given(batch, **changes))).fields) == fields
    assert await seeded.rows(PartConfirmationRow) == []


@pytest.mark.parametrize(
    ("article", "said"),
    [
        ({"confirmed_by": "CERTIFIER"}, "article 5.2 leaves it to whoever certifies"),
        ({"confirmed_by": "OTHER_SITE", "site": "TB-01"}, "is confirmed by a qualified person of TB-01"),
    ],
)
@on_one_database
async def test_nobody_confirms_whom_the_agreement_does_not_name(
    seeded: Seeded, article: dict[str, Any], said: str
) -> None:
    batch = await packed(seeded, {**SITE, **article})
    assert (await refused(given(batch))).fields == {"scope_id": said}


@on_one_database
async def test_it_is_signed_in_person_by_who_is_named_on_the_licence_of_the_site(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    assert (await refused(given(batch, "quentin"))).code is Code.WRONG_ROLE
    await ends(seeded, VITOS, at=batch.at)
    assert (await refused(given(batch))).code is Code.NOT_APPOINTED


async def test_markets_that_count_as_one_are_looked_at_once(seeded: Seeded) -> None:
    batch = await packed(seeded, SITE)
    said = {}
    for markets in (["EU"], ["DE", "EU", "FR"]):
        async with seeded.database.writing() as session:
            (await session.get_one(BatchRow, batch.case_id)).markets = markets
        async with seeded.database.reading() as session:
            vito, policies = await seeded.actor("vito", at=batch.at), Policies()
            await policies.in_force(session, batch.at)
            with counted(seeded.database.engine) as statements:
                shown = await part_confirmations(session, policies, vito, batch.case_id, batch.at)
        said[len(markets)] = (len(statements), shown)
    assert said[1] == said[3]
