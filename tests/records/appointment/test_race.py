"""A certification, and what takes away the appointment that it is signed under, in the same second."""

from typing import Any

import pytest

from domain.core.entry import Written
from domain.core.refusals import Code, Refused
from records.batch.tables.decisions import BatchMarketRow, ReviewDemandRow
from records.oversight.checks import certificate_act
from records.release.appointments_ended import in_reach_of
from records.site.tables import CertificateRow
from tests.records.agreeing import another_scope
from tests.records.appointing import LICENCE, appointed, ends
from tests.records.certifying import a_certificate, fit
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_qualification
from tests.records.racing import Ending, another, certified_against, closed, in_both_orders, pattern_of
from tests.records.seeded import START, Seeded
from tests.records.stopping import stops

QUALIFICATION = "QC-1"
"""In which the papers were shown."""
PAIRS = {"sqlite": 2, "postgresql": 4}


async def licensed(seeded: Seeded, scope_id: str, number: int) -> tuple[str, str]:
    """The only appointment of the qualified person, and the paper it stands on, which was shown for another scope."""
    licence: dict[str, Any] = {**LICENCE, "number": f"DE_RP_{number}"}
    paper = await a_certificate(seeded, type="MIA", scope_id=scope_id, case_id=QUALIFICATION, number=licence["number"])
    appointment = f"APT-{100 + number}"
    await appointed(seeded, "quentin", "QP", appointment, licence={**licence, "certificate_id": paper})
    return appointment, paper


async def ending(batch: Qualifying, answer: Written | Refused) -> Ending:
    market = await batch.seeded.row(BatchMarketRow, (batch.case_id, "EU"))
    demands = [row for row in await batch.seeded.rows(ReviewDemandRow) if row.batch_id == batch.case_id]
    if isinstance(answer, Refused):
        is_refused = answer.refusal.code is Code.NOT_APPOINTED and market.decision is None and not demands
        return Ending.SUSPENDED_FIRST if is_refused else Ending.WRONG
    is_reviewed = [each.fact_kind for each in demands] == ["SignedUnderNone"]
    return Ending.CERTIFIED_FIRST if market.decision == "RELEASE" and is_reviewed else Ending.WRONG


@pytest.mark.parametrize("act", ["end", "stop"])
async def test_what_is_signed_as_its_appointment_is_lost_is_refused_or_reviewed(
    seeded: Seeded, database_kind: str, act: str
) -> None:
    pattern = await pattern_of(await fit(seeded))
    await ends(seeded, "APT-1", at=pattern.at)
    scope_id = await another_scope(seeded)
    assert (await a_qualification(seeded)).case_id == QUALIFICATION

    async def pair(number: int, lead: float) -> Ending:
        batch = await another(pattern, number)
        appointment, paper = await licensed(seeded, scope_id, number)
        if act == "end":
            protects = ends(seeded, appointment, at=batch.at)
        else:
            protects = stops(seeded, "rosa", paper, at=batch.at, act="WITHDRAWN")
        found = await ending(batch, await certified_against(batch, protects, lead, authorisation=f"DE_RP_{number}"))
        await closed(batch)
        return found

    endings = await in_both_orders(pair, PAIRS[database_kind])
    assert set(endings) == {Ending.CERTIFIED_FIRST, Ending.SUSPENDED_FIRST}


@on_one_database
async def test_a_stop_begins_again_where_more_was_signed_before_the_appointment_was_locked(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fit(seeded)
    scope_id = await another_scope(seeded)
    assert (await a_qualification(seeded)).case_id == QUALIFICATION
    _, paper = await licensed(seeded, scope_id, 1)
    asked: list[int] = []

    async def grows(*told: Any) -> tuple[set[str], set[str]]:
        asked.append(len(asked))
        lists, family = await in_reach_of(*told)
        return lists, family | {"BAT-1"} if len(asked) == 2 else family

    monkeypatch.setattr(certificate_act, "in_reach_of", grows)
    await stops(seeded, "rosa", paper, at=START, act="WITHDRAWN")
    assert len(asked) == 4
    assert [row.status for row in await seeded.rows(CertificateRow) if row.certificate_id == paper] == ["WITHDRAWN"]
