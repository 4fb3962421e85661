"""Every form that may fall to a qualified person: who is asked for it where the markets need none (section 18)."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from domain.batch.markets import deciders
from domain.core.entry import Entry
from domain.core.forms import Form, Process
from domain.core.people import QUALITY_UNIT, SYSTEM, Role
from domain.policy.market_rule import DecisionRule
from domain.processes import FORMS
from records.batch.tables.decisions import BatchMarketRow
from records.batch.tables.process import BatchDeviationRow
from records.contexts import load
from records.core.deciders import asked, permitted
from records.core.policies import Policies
from records.core.tables.cases import CaseRow
from records.core.writing import Writing
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.making import made, ready
from tests.records.qualifying import Qualifying, refused
from tests.records.release.test_gate_exception import requests
from tests.records.releasing import decided
from tests.records.seeded import Seeded

pytestmark = on_one_database
FILE = {"document_id": "DOC-1", "sha256": "0" * 64}
OF_A_QP = [form for form in FORMS.of(Process.BATCH) if Role.QP in form.action.anyone or form.action.by_market]
"""Found by their roles, not listed: a new form is among them."""
BY_THE_MARKET_ITSELF = {"certify", "certify-further"}
"""Asked for no market but one that needs a qualified person."""


async def whom(batch: Qualifying, form: type[Form], given: Mapping[str, JsonValue] | None = None) -> frozenset[Role]:
    """Who is asked for a form."""
    async with batch.seeded.database.reading() as session:
        case = await session.get_one(CaseRow, batch.case_id)
        entry = Entry(stream=batch.case_id, command_id="asks", at=batch.at, actor=SYSTEM, lines=())
        writing = Writing(session, entry, load(), Policies(), batch.at, web="")
        return await asked(writing, case, form, given or {}, form.action.by)


def form_named(name: str) -> type[Form]:
    return FORMS.answering(Process.BATCH, name)


async def excepted(batch: Qualifying, market: str) -> dict[str, Any]:
    written = await batch.does("hana", "request-exception", authority_letter=FILE, market=market)
    return {"exception_id": written.effect["exception_id"]}


async def arranged(batch: Qualifying, market: str) -> dict[str, Any]:
    written = await batch.answers("priya", "arrange-quarantine", {"market": market})
    return {"arrangement": {"version": written.record_version, "sha256": written.record_hash}}


async def test_of_a_batch_for_the_us_alone_no_form_waits_for_a_qualified_person(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded, markets=["US"])
    assert {"accept-deviation", "sign-exception", "plan-recall", "judge-other-market"} <= {
        form.action.name for form in OF_A_QP
    }
    known = {"sign-exception": await excepted(batch, "US"), "confirm-quarantine": await arranged(batch, "US")}
    for form in OF_A_QP:
        if form.action.name in BY_THE_MARKET_ITSELF:
            continue
        given = known.get(form.action.name, {"market": "US"})
        by = await whom(batch, form, given)
        assert by & QUALITY_UNIT, form.action.name
        if form.action.by_market:
            assert by == QUALITY_UNIT, form.action.name
    assert deciders([DecisionRule.QCU]) == QUALITY_UNIT


@pytest.mark.parametrize(("market", "by"), [("US", QUALITY_UNIT), ("EU", frozenset({Role.QP}))])
async def test_what_concerns_one_of_two_markets_is_that_markets_deciders(
    seeded: Seeded, market: str, by: frozenset[Role]
) -> None:
    await ready(seeded)
    batch = await made(seeded)
    for name, given in (
        ("sign-exception", await excepted(batch, market)),
        ("confirm-quarantine", await arranged(batch, market)),
        ("judge-other-market", {"market": market}),
    ):
        assert await whom(batch, form_named(name), given) == by, name
    assert await whom(batch, form_named("accept-deviation")) == {Role.QP}  # of both


async def test_an_exception_for_the_us_is_signed_by_two_of_the_quality_unit_and_never_by_one(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    given = await requests(batch, market="US")
    assert (await refused(batch.answers("quentin", "sign-exception", given))).code == "wrong_role"
    assert (await refused(batch.answers("hana", "sign-exception", given))).rule == "S1"
    await batch.answers("priya", "sign-exception", given)
    await batch.answers("rosa", "sign-exception-regulatory", given)


async def test_what_the_union_has_refused_needs_no_qualified_person_any_more(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    acceptance = form_named("accept-deviation")
    await decided(seeded, batch.case_id, EU="RELEASE", US="RELEASE")
    assert await whom(batch, acceptance) == {Role.QP}
    await decided(seeded, batch.case_id, EU="REJECT")
    assert await whom(batch, acceptance) == QUALITY_UNIT
    assert await whom(batch, form_named("review-release")) == QUALITY_UNIT
    async with seeded.database.writing() as session:
        row = await session.get_one(BatchMarketRow, (batch.case_id, "US"))
        row.decision = "REJECT"
    assert await whom(batch, acceptance) == {Role.QP}  # all have: what undoes that needs one


async def test_a_recall_is_planned_and_closed_by_anybody_of_the_quality_unit(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    for name in ("plan-recall", "close-recall"):
        assert await whom(batch, form_named(name)) >= QUALITY_UNIT


async def test_a_no_is_open_to_the_quality_unit_whatever_the_market(seeded: Seeded) -> None:
    await ready(seeded)
    batch = await made(seeded)
    no = filled(form_named("accept-deviation"), accept=False)
    async with seeded.database.reading() as session:
        case = await session.get_one(CaseRow, batch.case_id)
        entry = Entry(stream=batch.case_id, command_id="asks", at=batch.at, actor=SYSTEM, lines=())
        writing = Writing(session, entry, load(), Policies(), batch.at, web="")
        assert await permitted(writing, case, no) == QUALITY_UNIT | {Role.QP}


@pytest.mark.parametrize(
    ("markets", "decider", "others"),
    [
        (["US"], "priya", ("quentin", "vito", "carla")),
        (["EU"], "quentin", ("hana", "priya", "vito")),
        (["EU", "US"], "quentin", ("hana", "priya", "vito")),
    ],
)
async def test_a_major_deviation_is_accepted_by_the_decider_of_its_markets_and_nobody_else(
    seeded: Seeded, markets: list[str], decider: str, others: tuple[str, ...]
) -> None:
    await ready(seeded)
    batch = await made(seeded, markets=markets)
    about = {"deviation_id": "DEV-1"}
    detected = batch.at.isoformat()
    await batch.answers("vito", "deviation", {**about, "deviation_class": "MAJOR", "detected_at": detected})
    await batch.answers("vito", "close-deviation", about)
    for user in others:
        assert (await refused(batch.answers(user, "accept-deviation", about))).code in {
            "wrong_role",
            "wrong_organisation",
        }
    unmet = await refused(batch.answers(decider, "accept-deviation", {**about, "specifications_met": False}))
    assert list(unmet.fields) == ["specifications_met"]
    await batch.answers(decider, "accept-deviation", about)
    (row,) = await seeded.rows(BatchDeviationRow)
    assert row.state == "ACCEPTED"
