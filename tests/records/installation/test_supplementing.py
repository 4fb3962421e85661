"""A policy of an earlier release gets, key by key, what the program came to know since."""

import copy
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import JsonValue
from sqlmodel import col, select

from domain.core.days import OfficeDays, Whose
from domain.core.events import Event
from domain.core.people import SYSTEM
from domain.policy.policy import Policy, load
from domain.policy.supplement import Supplements, lacking, load_supplements, supplemented
from records.contexts import load as load_contexts
from records.core.database import Database
from records.core.journal import Journal
from records.core.policies import Policies
from records.core.tables.journal import EventRow
from records.core.tables.master_data import PolicyRow
from records.installation.supplementing import POLICY_FILE, SUPPLEMENTS_FILE, supplement_policy
from records.policy.queries import policy_versions
from tests.records.seeded import START, Seeded

OLDER: dict[str, Any] = json.loads(Path(__file__).with_name("policy_of_0_4_0.json").read_text(encoding="utf-8"))
SHIPPED = load(POLICY_FILE.read_text(encoding="utf-8"))
SUPPLEMENTS = load_supplements(SUPPLEMENTS_FILE.read_text(encoding="utf-8"))
LATER = START + timedelta(days=30)


def keys(body: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for section, value in body.items():
        if not isinstance(value, dict):
            if section not in {"version", "effective_from"}:
                yield (section,)
            continue
        for key, part in value.items():
            yield section, key
            if section == "limits" and isinstance(part, dict):
                yield from ((section, key, row) for row in part)


KEYS = list(keys(SHIPPED.model_dump(mode="json")))


def at(body: dict[str, Any], path: tuple[str, ...]) -> JsonValue:
    value: Any = body
    for name in path:
        value = value[name]
    return value  # type: ignore[no-any-return]


def without(path: tuple[str, ...], of: dict[str, Any] | None = None) -> dict[str, Any]:
    """A policy, by default that of 0.4.0, that lacks one key more."""
    body = copy.deepcopy(of or OLDER)
    table: Any = body
    for name in path[:-1]:
        if name not in table:
            return body
        table = table[name]
    table.pop(path[-1], None)
    return body


def with_value(path: tuple[str, ...], value: JsonValue) -> dict[str, Any]:
    """The policy with another value, as it is stored: what a row leaves out stands in it as its default."""
    body = SHIPPED.model_dump(mode="json")
    table: Any = at(body, path[:-1])
    table[path[-1]] = value
    return Policy.model_validate(body).model_dump(mode="json")


def upgraded(body: dict[str, Any], supplements: Supplements = SUPPLEMENTS) -> Policy | None:
    return supplemented(body, SHIPPED, version=2, at=START, supplements=supplements)


@pytest.mark.parametrize("path", KEYS, ids=".".join)
def test_whatever_key_is_missing_is_there_again_after_the_upgrade(path: tuple[str, ...]) -> None:
    policy = upgraded(without(path))
    assert policy is not None
    body = policy.model_dump(mode="json")
    wanted = SUPPLEMENTS.values.get(".".join(path), at(SHIPPED.model_dump(mode="json"), path))
    assert at(body, path) == at(with_value(path, wanted), path)
    assert lacking(body, SHIPPED) == []
    assert upgraded(body) is None


def test_the_values_for_older_policies_are_of_keys_that_there_are() -> None:
    assert set(SUPPLEMENTS.values) <= {".".join(path) for path in KEYS}


def test_a_limit_that_a_policy_leaves_out_is_the_one_that_the_upgrade_writes() -> None:
    """Before the upgrade the program fills it in by itself: the two must not differ."""
    optional = [name for name, field in type(SHIPPED.limits).model_fields.items() if not field.is_required()]
    for name in optional:
        older = without(("limits", name))
        policy = upgraded(older)
        assert policy is not None
        assert getattr(Policy.model_validate(older).limits, name) == getattr(policy.limits, name)


def test_what_the_older_release_did_comes_before_what_the_program_comes_with() -> None:
    policy = upgraded(without(("clocks", "audit.team")), Supplements(values={"clocks.audit.team": {
        "span": "90d", "otherwise": "Nothing happens."}}))  # fmt: skip
    assert policy is not None
    assert (policy.clock("audit.team").span.n, SHIPPED.clock("audit.team").span.n) == (90, 5)


def test_an_older_policy_counts_the_days_of_authorities_and_else_those_of_the_site() -> None:
    policy = upgraded(OLDER)
    assert policy is not None
    assert policy.clock("inspection.answer.form_483").days_of == OfficeDays(tz="America/New_York", country="US")
    assert policy.clock("audit.plan").days_of is Whose.SITE
    assert policy.sponsor_days == OfficeDays(tz="UTC")


def test_what_was_signed_stays() -> None:
    body = without(("clocks", "audit.team"))
    body["limits"]["audit_reschedules_max"] = 7
    body["limits"]["certificate_reminders"] = []
    body["required_documents"] = body["required_documents"][:2]
    policy = upgraded(body)
    assert policy is not None
    assert (policy.limits.audit_reschedules_max, policy.limits.certificate_reminders) == (7, ())
    assert len(policy.required_documents) == 2


async def _stores(database: Database, version: int, since: datetime, body: dict[str, Any]) -> None:
    async with database.writing() as session:
        stored = {**body, "version": version, "effective_from": since.isoformat()}
        session.add(PolicyRow(version=version, effective_from=since, body=stored))


async def test_the_upgrade_writes_versions_that_are_in_force_at_once_and_unsigned(seeded: Seeded) -> None:
    database, journal, whole = seeded.database, seeded.journal, SHIPPED.model_dump(mode="json")
    await _stores(database, 2, START - timedelta(days=1), without(("clocks", "audit.plan"), of=whole))
    await _stores(database, 3, LATER, without(("limits", "waiver_max"), of=whole))
    assert await supplement_policy(database, journal, START) == [4, 5]
    assert await supplement_policy(database, journal, START) == []
    async with database.reading() as session:
        now, then = await Policies().in_force(session, START), await Policies().in_force(session, LATER)
        shown = (await policy_versions(session, await seeded.actor("hana"), cursor=None, limit=2)).items
        rows = (await session.exec(select(EventRow).where(col(EventRow.type) == "policy.loaded"))).all()
    assert (now.version, now.effective_from, "audit.plan" in now.clocks) == (4, START, True)
    assert (then.version, then.effective_from, then.limits) == (5, LATER, SHIPPED.limits)
    assert [(each.version, each.supplements, {change.key for change in each.changes}) for each in shown] == [
        (5, 3, {"limits.waiver_max"}),
        (4, 2, {"clocks.audit.plan"}),
    ]
    assert {each.signature for each in shown} == {None}
    assert {Event.model_validate_json(row.body).actor for row in rows} == {SYSTEM}


async def test_a_database_without_a_policy_is_left_alone(database: Database) -> None:
    assert await supplement_policy(database, Journal(database, load_contexts()), START) == []
