"""Parameter sets in the records: four signatures, what is registered, what batches keep, who sees them."""

from datetime import timedelta
from typing import Any

import pytest

from domain.change.site_change import ChangeNotification
from domain.core.forms import Process
from domain.core.refusals import Code, Refused
from domain.exchange.parameters import ParameterContent, ParameterSetStatus
from records.core.queries.events import events_after
from records.core.tables.master_data import DelegationRow
from records.exchange.parameter_sets import effective_set
from records.exchange.queries.parameter_sets import difference_of_sets, one_parameter_set, parameter_sets
from records.exchange.tables.parameters import ParameterSetRow
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.exchanging import (
    REGISTERED,
    drafted,
    row_of,
    settled,
    signed,
    with_parameter,
)
from tests.records.making import CONTENT, batch_of, in_manufacture, ready
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import are_rebuilt_identically, is_rebuilt_identically
from tests.records.seeded import START, Seeded

NOTHING_TO_FILE = [{"market": market, "filing": "NO_FILING"} for market in ("EU", "US")]
WAITS = [{"market": "EU", "filing": "PRIOR_APPROVAL"}, {"market": "US", "filing": "NOTIFY", "reference": "S-014"}]
DATA = {"document_id": "DOC-1", "sha256": "0" * 64}


async def sets(seeded: Seeded) -> dict[str, tuple[str, str]]:
    """Version and status of every set."""
    rows = await seeded.rows(ParameterSetRow)
    return {row.set_id: (f"{row.major}.{row.minor}", row.status) for row in rows}


async def agreed(seeded: Seeded, content: ParameterContent = CONTENT, **given: Any) -> tuple[Qualifying, str]:
    """An exchange whose parameters all four have signed, and the id of the set."""
    tx = await settled(seeded, **given)
    await drafted(tx, content)
    return tx, str((await signed(tx))["set_id"])


async def test_with_the_fourth_signature_a_set_is_effective_and_takes_the_place_of_the_one_before(
    seeded: Seeded,
) -> None:
    await ready(seeded)
    batch = await in_manufacture(seeded)
    (before,) = await sets(seeded)
    tx = await settled(seeded, base_parameter_set=before)
    assert (await tx.asks("draft-parameters"))["parameters"][0]["par_high"] == "50"
    tx.passes(days=1)
    await tx.answers("carla", "draft-parameters", with_parameter(nor_low="38").model_dump(mode="json"))
    assert await signed(tx, 3) == {}
    assert await sets(seeded) == {before: ("1.0", "EFFECTIVE")}
    effect = (await tx.does("vito", "approve-parameters-for-site")).effect
    assert (effect["version"], effect["waits_for_filing"]) == ("1.1", False)
    after = str(effect["set_id"])
    assert await sets(seeded) == {before: ("1.0", "SUPERSEDED"), after: ("1.1", "EFFECTIVE")}
    assert (await batch_of(batch)).parameter_set_id == before
    values = [{"parameter": "Coupling temperature", "value": "36", "unit": "Cel", "measured_at": START.isoformat()}]
    written = await batch.answers("wen", "parameters", {"values": values})
    assert written.effect["compared"][0]["in_nor"] is True  # type: ignore[index, call-overload]
    async with seeded.database.reading() as session:
        held = await effective_set(session, "SC-1", tx.at - timedelta(minutes=1))
        (row,) = (await difference_of_sets(session, await seeded.actor("vito"), before, after)).rows
    assert held is not None
    assert held.set_id == before
    assert row.notes == ("The normal operating range is narrowed: 35 to 45 Cel became 38 to 45 Cel.",)
    await are_rebuilt_identically(seeded.database, "parameter_sets", "exchanges")


@on_one_database
async def test_the_four_signatures_are_those_of_four_people_in_their_order(seeded: Seeded) -> None:
    tx = await settled(seeded)
    await drafted(tx)
    await signed(tx, 1)
    refusal = await refused(tx.does("priya", "approve-parameters"))
    assert (refusal.code, "for the site" in refusal.message) == (Code.NOT_OPEN, True)
    assert (await refused(tx.does("carla", "sign-parameters"))).rule == "S1"
    assert (await refused(tx.does("vito", "sign-parameters-for-site"))).code is Code.WRONG_ROLE
    assert set((await refused(tx.does("wen", "sign-parameters-for-site", approve=False))).fields) == {"reason"}
    late = {"approve": True, "another_round": True}
    assert set((await refused(tx.does("wen", "sign-parameters-for-site", **late))).fields) == {"another_round"}
    await tx.does("wen", "sign-parameters-for-site")
    read = await tx.asks("approve-parameters")
    await drafted(tx, with_parameter(target="41"))
    assert (await refused(tx.answers("priya", "approve-parameters", read))).code is Code.VERSION_STALE
    assert (await refused(tx.does("priya", "approve-parameters"))).code is Code.NOT_OPEN


@on_one_database
async def test_a_draft_that_is_not_sound_is_refused_row_by_row(seeded: Seeded) -> None:
    await ready(seeded)
    tx = await settled(seeded)
    broken = with_parameter(nor_high="51", par_high="50.5", linked_cqas=["Assay"])
    assert (await refused(drafted(tx, broken))).fields == {
        "parameters.0.nor_high": "Coupling temperature: lies outside its proven acceptable range",
        "parameters.0.linked_cqas.0": "Coupling temperature: Assay is no quality attribute of this set",
        "parameters.0.evidence": "Coupling temperature: the proven acceptable range is widened, which needs data"
        " that show it",
        "attributes.0.rationale": "Impurity I-3: is controlled by no critical parameter; say why none is needed",
    }
    await drafted(tx, with_parameter(par_high="50.5", evidence=[DATA]))
    assert (await signed(tx))["version"] == "2.0"


async def test_what_is_registered_waits_for_every_market(seeded: Seeded) -> None:
    tx, set_id = await agreed(seeded, REGISTERED)
    assert (await row_of(tx)).parameter_set == set_id
    suggested = await tx.asks("state-filing")
    assert suggested == {"filings": [{"market": "EU"}, {"market": "US"}]}
    assert set((await refused(tx.answers("rosa", "state-filing", {"filings": []}))).fields) == {"filings"}
    assert (await tx.answers("rosa", "state-filing", {"filings": WAITS})).effect == {"pending": ["EU"]}
    assert await sets(seeded) == {set_id: ("1.0", "AGREED")}
    async with seeded.database.reading() as session:
        assert await effective_set(session, "SC-1", tx.at) is None
    approved = WAITS[0] | {"approved_on": "2025-01-20", "reference": "II/042"}
    written = await tx.does("rosa", "state-filing", filings=[approved, WAITS[1]])
    assert written.effect == {"effective_at": "2025-01-20T00:00:00+00:00"}
    tx.passes(days=7)
    await tx.notes("exchange.approval_day")
    row = await seeded.row(ParameterSetRow, set_id)
    assert (row.status, row.effective_at) == ("EFFECTIVE", tx.at)
    assert [each["filing"] for each in row.filings] == ["PRIOR_APPROVAL", "NOTIFY"]
    await is_rebuilt_identically(seeded.database, "parameter_sets", "exchanges")


@on_one_database
async def test_what_is_registered_stays_so_however_many_sets_wait_that_do_not_say_it(seeded: Seeded) -> None:
    tx, first = await agreed(seeded, REGISTERED)
    await tx.does("rosa", "state-filing", filings=NOTHING_TO_FILE)
    _, second = await agreed(seeded)
    _, third = await agreed(seeded, with_parameter(target="41"))
    assert await sets(seeded) == {
        first: ("1.0", "EFFECTIVE"),
        second: ("2.0", "AGREED"),
        third: ("2.1", "AGREED"),
    }


@on_one_database
async def test_a_set_that_replaces_another_is_used_under_an_approved_change(seeded: Seeded) -> None:
    await ready(seeded)
    body = filled(ChangeNotification).model_dump(mode="json")
    change = await a_case(seeded, Process.CHANGE, body, by="vito")
    tx, set_id = await agreed(seeded, REGISTERED)
    form = {"filings": NOTHING_TO_FILE}
    assert set((await refused(tx.does("rosa", "state-filing", **form))).fields) == {"change"}
    for named, fault in (("CHG-9", "is no change of this scope"), (change.case_id, "is not approved")):
        assert (await refused(tx.does("rosa", "state-filing", **form, change=named))).fields == {"change": fault}
    await change.does("ines", "classify")
    await change.does("priya", "decide")
    assert (await tx.asks("state-filing"))["change"] == change.case_id
    await tx.does("rosa", "state-filing", **form)
    assert (await sets(seeded))[set_id] == ("2.0", "EFFECTIVE")


@on_one_database
async def test_a_set_that_was_given_up_never_takes_effect_and_its_number_is_not_used_again(seeded: Seeded) -> None:
    tx, given_up = await agreed(seeded, REGISTERED)
    await tx.answers("carla", "cancel")
    _, after = await agreed(seeded)
    assert await sets(seeded) == {given_up: ("1.0", "WITHDRAWN"), after: ("2.0", "EFFECTIVE")}


@on_one_database
async def test_a_set_that_a_later_one_has_overtaken_does_not_take_its_place(seeded: Seeded) -> None:
    tx, first = await agreed(seeded, REGISTERED)
    other = await settled(seeded)
    await drafted(other)
    await signed(other)
    newest = str((await row_of(other)).parameter_set)
    await other.does("rosa", "state-filing", filings=NOTHING_TO_FILE)
    await tx.does("rosa", "state-filing", filings=NOTHING_TO_FILE, change="CC-1")
    assert await sets(seeded) == {first: ("1.0", "SUPERSEDED"), newest: ("2.0", "EFFECTIVE")}
    assert (await seeded.row(ParameterSetRow, first)).superseded_by == newest


@on_one_database
async def test_a_draft_that_another_exchange_has_overtaken_is_not_signed(seeded: Seeded) -> None:
    tx = await settled(seeded)
    await drafted(tx)
    await signed(tx, 3)
    await agreed(seeded)
    refusal = await refused(tx.does("vito", "approve-parameters-for-site"))
    assert (refusal.code, list(refusal.fields)) == (Code.VERSION_STALE, ["draft"])
    await tx.does("vito", "approve-parameters-for-site", approve=False, reason="Draft it anew.")
    await drafted(tx)
    assert (await signed(tx))["version"] == "1.1"


@on_one_database
async def test_a_site_sees_the_sets_of_its_own_scopes_and_not_what_is_filed(seeded: Seeded) -> None:
    tx, set_id = await agreed(seeded, REGISTERED)
    await tx.does("rosa", "state-filing", filings=NOTHING_TO_FILE)
    _, second = await agreed(seeded, with_parameter(registered=True, nor_low="36"))
    async with seeded.database.reading() as session:

        async def listed(user: str, **query: Any) -> list[str]:
            actor = await seeded.actor(user)
            given: dict[str, Any] = {"scope": None, "status": None, "cursor": None, "limit": 50, **query}
            return [each.set_id for each in (await parameter_sets(session, actor, **given)).items]

        assert await listed("carla") == await listed("vito") == [second, set_id]
        assert await listed("olga") == []
        assert await listed("vito", status=ParameterSetStatus.AGREED) == [second]
        assert await listed("vito", scope="SC-2") == []
        page = await parameter_sets(
            session, await seeded.actor("vito"), scope="SC-1", status=None, cursor=None, limit=1
        )
        assert page.next is not None
        assert await listed("vito", cursor=page.next) == [set_id]
        with pytest.raises(Refused):
            await listed("vito", cursor="WzFd")
        shown, seen = [await one_parameter_set(session, await seeded.actor(user), set_id) for user in ("rosa", "vito")]
        for wanted in ((set_id, "PS-99"), ("PS-99", set_id)):
            with pytest.raises(Refused):
                await difference_of_sets(session, await seeded.actor("vito"), *wanted)
        with pytest.raises(Refused):
            await one_parameter_set(session, await seeded.actor("olga"), set_id)
    assert (len(shown.filings), seen.filings) == (2, ())
    assert (seen.version, seen.status, seen.content) == ("1.0", "EFFECTIVE", REGISTERED)


@on_one_database
async def test_what_a_restricted_exchange_agreed_on_is_read_by_those_who_read_the_exchange(seeded: Seeded) -> None:
    _, set_id = await agreed(seeded, confidentiality="RESTRICTED")
    async with seeded.database.reading() as session:
        for user, reads in {"carla": True, "vito": True, "paul": False, "sana": False}.items():
            actor = await seeded.actor(user)
            page = await parameter_sets(session, actor, scope=None, status=None, cursor=None, limit=5)
            events = await events_after(session, actor, 0, limit=9, type_=None, stream=set_id)
            assert (len(page.items), len(events)) == ((1, 2) if reads else (0, 0))
        with pytest.raises(Refused):
            await one_parameter_set(session, await seeded.actor("sana"), set_id)


@on_one_database
async def test_s1_s11_who_has_drafted_for_another_does_not_approve_for_quality(seeded: Seeded) -> None:
    carla, priya = map(seeded.result.person, ("carla", "priya"))
    lent = DelegationRow(
        delegation_id="DEL-9",
        delegator=carla,
        delegate=priya,
        roles=["CMC_LEAD"],
        valid_from=START.date(),
        valid_to=START.date(),
        accepted=True,
    )
    async with seeded.database.writing() as session:
        session.add(lent)
    tx = await settled(seeded)
    await tx.answers("priya", "draft-parameters", CONTENT.model_dump(mode="json"), on_behalf_of="carla")
    await signed(tx, 2)
    refusal = await refused(tx.does("priya", "approve-parameters"))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")
