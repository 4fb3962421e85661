"""What is authorised, through the journal: proposed by one, approved by another, stopped by its authority."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.authorisation.authorisation import AuthorisationStatus
from domain.core.refusals import Code
from records.authorisation.in_force import authorisations_of, in_force
from records.authorisation.queries.authorisations import authorisation, authorisations
from records.authorisation.tables import AuthorisationRow, AuthorisationStopRow
from records.core.policies import Policies
from records.exchange.tables.parameters import ParameterSetRow
from tests.authorised import forget_what_is_authorised
from tests.records.analysing import specified
from tests.records.authorising import AUT, SINCE, STEPS, approves, authorises, proposes, stops
from tests.records.databases import on_one_database
from tests.records.making import effective
from tests.records.qualifying import refused
from tests.records.rebuilt import are_rebuilt_identically
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
TODAY = START.date()
LATER = START + timedelta(days=2)
LIFTED = LATER + timedelta(hours=1)


async def holds(seeded: Seeded, market: str = "EU", day: date = TODAY) -> list[tuple[str, int]]:
    async with seeded.database.reading() as session:
        policy = await Policies().in_force(session, START)
        found = await in_force(session, policy, "arl 204", market, day)
    return [(each.authorisation_id, each.version) for each in found if each.authorisation_id == AUT]


async def test_a_version_holds_once_another_person_has_approved_it(seeded: Seeded) -> None:
    await proposes(seeded)
    assert await holds(seeded) == []
    same = await refused(approves(seeded, "rosa"))
    assert (same.code, same.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
    assert (await refused(approves(seeded, "quentin"))).code is Code.WRONG_ROLE
    await approves(seeded)
    assert await holds(seeded) == await holds(seeded, "DE") == [(AUT, 1)]
    assert await holds(seeded, "US") == []
    assert (await refused(approves(seeded, "priya"))).code is Code.ALREADY_ANSWERED


async def test_a_later_version_takes_the_place_of_the_one_before_and_all_are_kept(seeded: Seeded) -> None:
    await authorises(seeded)
    stale = await refused(proposes(seeded, replaces=0, holder="Another"))
    assert stale.code is Code.VERSION_STALE
    await proposes(seeded, replaces=1, number="EU/1/27/1802", at=LATER)
    assert await holds(seeded) == [(AUT, 1)]
    await approves(seeded, version=2, approve=False, at=LATER)
    assert await holds(seeded) == [(AUT, 1)]
    await authorises(seeded, replaces=2, number="EU/1/27/1803", at=LATER)
    assert await holds(seeded) == [(AUT, 3)]
    async with seeded.database.reading() as session:
        shown = await authorisation(session, AUT, TODAY)
        listed = await authorisations(session, TODAY, market="EU", product="arl-204", cursor=None, limit=1)
        others = await authorisations(session, TODAY, market="CH", product=None, cursor=listed.next, limit=100)
    assert [(each.version, each.status, each.number) for each in shown.versions] == [
        (3, "APPROVED", "EU/1/27/1803"), (2, "REJECTED", "EU/1/27/1802"), (1, "APPROVED", "EU/1/27/1801"),
    ]  # fmt: skip
    assert {each.versions[0].market for each in others.items} == {"CH"}
    assert (shown.in_force, shown.stands, listed.items) == (3, "IN_FORCE", (shown,))


async def test_ids_in_it_name_records_that_there_are(seeded: Seeded) -> None:
    await specified(seeded)
    await effective(seeded)
    known: dict[str, Any] = {
        "specifications": [{"spec_id": "SPEC-SC-1", "version": 1, **SINCE}],
        "processes": [{"set_id": (await seeded.rows(ParameterSetRow))[0].set_id, **SINCE}],
        "release_sites": [{"site_id": "VM-02", **SINCE}],
    }
    unknown: dict[str, Any] = {
        "steps": [*STEPS, {**STEPS[0], "site_id": "XX-09"}, {**STEPS[0], "substance": "ARL-999"}],
        "specifications": [{"spec_id": "SPEC-SC-1", "version": 9, **SINCE}],
        "processes": [{"set_id": "PS-99", **SINCE}],
        "release_sites": [{"site_id": "XX-09", **SINCE}],
        "product": "ARL-999",
    }
    refusal = await refused(proposes(seeded, **unknown))
    assert set(refusal.fields) == {
        "steps.1.site_id", "steps.2.substance", "specifications.0.version", "processes.0.set_id",
        "release_sites.0.site_id", "product",
    }  # fmt: skip
    assert AUT not in {row.authorisation_id for row in await seeded.rows(AuthorisationRow)}
    await proposes(seeded, **known)


async def test_type_market_and_product_stay_and_the_market_has_a_row(seeded: Seeded) -> None:
    assert "market" in (await refused(proposes(seeded, market="BR"))).fields
    await authorises(seeded)
    another: dict[str, Any] = {"market": "US", "type": "IND", "trial": "IND 1", "product": "ARL-311"}
    refusal = await refused(proposes(seeded, replaces=1, **another))
    assert {"market", "type", "product"} <= set(refusal.fields)


async def test_only_regulatory_affairs_propose(seeded: Seeded) -> None:
    assert (await refused(proposes(seeded, "hana"))).code is Code.WRONG_ROLE
    assert (await refused(proposes(seeded, record="MA-1"))).code is Code.CONFLICT


@pytest.mark.parametrize("by", ["rosa", "hana"])
async def test_what_the_authority_stops_counts_at_once_until_a_version_names_it_as_ended(
    seeded: Seeded, by: str
) -> None:
    assert (await refused(stops(seeded))).code is Code.NOT_FOUND
    await authorises(seeded)
    await proposes(seeded, replaces=1, at=START + timedelta(minutes=1))
    assert (await refused(stops(seeded, "quentin"))).code is Code.WRONG_ROLE
    assert "since" in (await refused(stops(seeded, since=TODAY + timedelta(days=3)))).fields
    assert "status" in (await refused(stops(seeded, status="EXPIRED"))).fields
    await stops(seeded, by, at=LATER)
    assert (await refused(stops(seeded, by, at=LATER + timedelta(minutes=1)))).code is Code.VERSION_STALE
    assert await holds(seeded, day=LATER.date()) == []
    assert await holds(seeded) == [(AUT, 1)]
    await approves(seeded, version=2, at=LATER)
    assert await holds(seeded, day=LATER.date()) == [], "it was proposed before"
    await stops(seeded, by, at=LATER, earlier=1, status="WITHDRAWN")
    async with seeded.database.reading() as session:
        known, *_ = await authorisations_of(session, "ARL-204", ["EU"])
        before, *_ = await authorisations_of(session, "ARL-204", ["EU"], as_of=LATER - timedelta(days=1))
        shown = await authorisation(session, AUT, LATER.date())
    assert known.status_on(LATER.date()) is AuthorisationStatus.WITHDRAWN is shown.stands
    assert (before.version, before.stops) == (1, ()), "so it was known then"
    assert [each.number for each in shown.stops] == [1, 2]
    assert len(await seeded.rows(AuthorisationStopRow)) == 2

    unsaid = await refused(proposes(seeded, replaces=2, at=LATER))
    assert unsaid.fields == {"ends_stops": "say which of these the authority has lifted, or none: 1, 2"}
    assert list((await refused(proposes(seeded, replaces=2, at=LATER, ends_stops=[3]))).fields) == ["ends_stops.0"]
    await authorises(seeded, replaces=2, at=LATER, ends_stops=[1])
    assert await holds(seeded, day=LATER.date()) == [], "the other one stands"
    await proposes(seeded, replaces=3, at=LATER, ends_stops=[2])
    await approves(seeded, version=4, at=LATER, approve=False)
    assert await holds(seeded, day=LATER.date()) == [], "it was sent back"
    await authorises(seeded, replaces=4, at=LIFTED, ends_stops=[2])
    assert await holds(seeded, day=LATER.date()) == [(AUT, 5)]
    async with seeded.database.reading() as session:
        before, *_ = await authorisations_of(session, "ARL-204", ["EU"], as_of=LIFTED - timedelta(minutes=1))
        now, *_ = await authorisations_of(session, "ARL-204", ["EU"], as_of=LIFTED)
    assert (before.status_on(LATER.date()), [each.ended_by for each in before.stops]) == (
        AuthorisationStatus.WITHDRAWN, [3, None],
    ), "what has ended since stood then"  # fmt: skip
    assert now.is_in_force(LATER.date())
    await authorises(seeded, replaces=5, at=LIFTED)
    assert await holds(seeded, day=LATER.date()) == [(AUT, 6)], "what has ended stays so"
    assert [row.ended_by for row in await seeded.rows(AuthorisationStopRow)] == [3, 5]
    await forget_what_is_authorised(seeded.database)
    await are_rebuilt_identically(seeded.database, "authorisations", "authorisation_stops")
