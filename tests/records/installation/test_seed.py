from datetime import date, timedelta

import pytest
from sqlmodel import col, func, select

from domain.core.people import Role
from records.contexts import load
from records.core.database import Database
from records.core.people.accounts import authenticate
from records.core.policies import limits_in_force
from records.core.tables.journal import EventRow
from records.core.tables.master_data import PersonRow, PolicyRow, ScopeRow, SiteRow
from records.core.verify import broken_links
from records.installation.seed import seed
from records.qualification.tables.questionnaires import QuestionnaireTemplateRow
from settings import Mode, Settings
from tests.records.seeded import START, Seeded


async def test_a_second_seed_changes_nothing(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        before = (await session.exec(select(func.count()).select_from(EventRow))).one()
    again = await seed(seeded.database, load(), Settings(), now=START + timedelta(days=400))
    async with seeded.database.reading() as session:
        after = (await session.exec(select(func.count()).select_from(EventRow))).one()
    assert (again.people, again.scopes, after) == (seeded.result.people, seeded.result.scopes, before)


async def test_the_worked_scenario_has_its_people_and_its_site(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        tom = await session.get_one(PersonRow, seeded.result.person("tom"))
        ines = await session.get_one(PersonRow, seeded.result.person("ines"))
        site = await session.get_one(SiteRow, "VM-02")
        scope = await session.get_one(ScopeRow, seeded.result.scopes["VM-02"])
        policy = await session.get_one(PolicyRow, 1)
        questionnaire = await session.get_one(QuestionnaireTemplateRow, ("SQ-GMP", 1))
    assert len(questionnaire.body["sections"]) == 16
    assert tom.manager == ines.person_id
    assert date.fromisoformat(tom.auditor["valid_to"]) > START.date()
    assert (site.supplier_id, site.tz) == (seeded.result.suppliers["VM-02"], "UTC")
    assert (scope.activity, scope.product, scope.markets) == ("API_MFG", "ARL-204", ["EU", "US"])
    assert (scope.sole_source, scope.risk_tier) == (True, "CRITICAL")
    assert policy.effective_from <= START


async def test_everybody_can_sign_in_with_the_same_password(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        limits = await limits_in_force(session, START)
    for person in seeded.result.people:
        account = await authenticate(seeded.database, person.user, "vetted", limits)
        assert account.person_id == person.person_id


async def test_every_step_is_in_the_journal(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        bodies = (await session.exec(select(EventRow.body).where(col(EventRow.type).like("person.%")))).all()
    assert len(bodies) >= len(seeded.result.people)
    assert not any("vetted" in body or "argon2" in body for body in bodies)
    assert await broken_links(seeded.database) == []


async def test_the_ladder_finds_somebody_on_every_level(seeded: Seeded) -> None:
    async with seeded.database.reading() as session:
        people = {row.user: row for row in (await session.exec(select(PersonRow))).all()}
    assert {role for row in people.values() for role in row.roles} >= {
        Role.SUPPLIER_QUALITY,
        Role.QA_APPROVER,
        Role.HEAD_QA,
        Role.QP,
        Role.CDMO_QA,
    }
    assert people["ines"].deputy == people["priya"].person_id
    assert people["vito"].deputy == people["wen"].person_id


async def test_production_gets_no_invented_people(database: Database) -> None:
    production = Settings(
        mode=Mode.PRODUCTION,
        token_secret="x" * 40,
        database_url="postgresql+psycopg://db/vetted",
        temporal_address="temporal:7233",
        public_url="https://vetted.example",
    )
    with pytest.raises(ValueError, match="production"):
        await seed(database, load(), production, now=START)
