"""Changes at sites in the records: known once, under which terms, what the site sees, who decides."""

import asyncio
import itertools
from datetime import UTC, date, timedelta
from typing import Any

from pydantic import JsonValue

from domain.change.site_change import ChangeNotification
from domain.core.forms import Process
from domain.core.refusals import Code
from domain.inspection.inspection import InspectionNotice
from domain.oversight.scorecard import Tally
from domain.policy.change_tier import ChangeCategory
from records.change.tables import ChangeRow
from records.core.tables.cases import TaskRow
from records.core.tables.master_data import ScopeRow
from records.oversight.scorecards import figures
from records.oversight.standing import flags_of_cases
from records.views.cases import one_case
from tests.domain.filling import filled
from tests.records.agreeing import agrees, another_scope
from tests.records.databases import on_one_database
from tests.records.qualifying import Qualifying, a_case, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

_numbers = itertools.count(1)
CONDITIONS = {"verdict": "APPROVED_WITH_CONDITIONS", "conditions": ["Compare three batches."]}


async def announced(seeded: Seeded, by: str = "vito", **given: Any) -> Qualifying:
    """A change, announced by the site."""
    body = filled(ChangeNotification, **({"change_id": f"CC-{next(_numbers)}"} | given)).model_dump(mode="json")
    return await a_case(seeded, Process.CHANGE, body, by=by)


async def row_of(change: Qualifying) -> ChangeRow:
    return await change.seeded.row(ChangeRow, change.case_id)


async def test_a_change_is_followed_from_its_announcement_to_its_first_use(seeded: Seeded) -> None:
    change = await announced(seeded, "wen", earliest_date="2025-02-03", category="ADMIN", cdmo_tier="NOTIFY")
    async with seeded.database.reading() as session:
        flags = await flags_of_cases(session, await session.get_one(ScopeRow, "SC-1"))
    assert flags == {"CHANGE_PENDING"}
    await change.does("ines", "classify", sponsor_tier="APPROVAL")
    assert [each["market"] for each in (await change.asks("assess-regulatory"))["filings"]] == ["EU", "US"]
    await change.does("rosa", "assess-regulatory")
    await change.does("carla", "assess-technical")
    await change.does("priya", "decide", verdict="MORE_INFO", question="How was it compared?")
    await change.does("vito", "supplement")
    await change.does("priya", "decide", **CONDITIONS)
    change.passes(days=30)
    assert "implemented_on" not in await change.asks("implement")
    refusal = await refused(change.does("vito", "implement", implemented_on="2025-01-12"))
    assert (refusal.rule, set(refusal.fields)) == ("change.notify", {"implemented_on"})
    assert set((await refused(change.does("vito", "implement", conditions=[]))).fields) == {"conditions"}
    await change.does("vito", "implement", implemented_on="2025-02-03")
    row = await row_of(change)
    assert (row.least_tier, row.sponsor_tier, row.notified_late) == ("NOTIFY", "APPROVAL", False)
    assert (row.decision, str(row.implemented_on), row.first_batch) == (
        "APPROVED_WITH_CONDITIONS",
        "2025-02-03",
        "B-044",
    )
    await is_rebuilt_identically(seeded.database, "changes")


TOLD: list[tuple[dict[str, Any], str, str, bool]] = [
    ({"earliest_date": "2025-04-13"}, "APPROVAL", "2025-04-13", False),
    ({"earliest_date": "2025-04-12"}, "APPROVAL", "2025-04-13", True),
    ({"earliest_date": "2025-01-13", "category": "ADMIN", "cdmo_tier": "NOTIFY"}, "NOTIFY", "2025-04-13", False),
    ({"earliest_date": "2025-01-13", "category": "ADMIN"}, "APPROVAL", "2025-04-13", True),
    ({"earliest_date": "2025-01-13", "category": "PROCESS", "cdmo_tier": "NOTIFY"}, "APPROVAL", "2025-04-13", True),
]


@on_one_database
async def test_tier_and_notice_are_those_of_the_agreement_or_else_of_the_policy(seeded: Seeded) -> None:
    for given, tier, notice_ends, late in TOLD:
        row = await row_of(await announced(seeded, **given))
        assert (row.least_tier, str(row.notice_ends), row.notified_late) == (tier, notice_ends, late), given
    tiers: dict[str, JsonValue] = dict.fromkeys(ChangeCategory, "APPROVAL")
    await agrees(seeded, {"change_approval_tier": "30d"}, change_tiers=tiers)
    told = {"earliest_date": "2025-02-11", "category": "ADMIN", "cdmo_tier": "NOTIFY"}
    row = await row_of(await announced(seeded, **told))
    assert (row.least_tier, str(row.notice_ends), row.notified_late) == ("APPROVAL", "2025-02-12", True)
    await another_scope(seeded)  # without an agreement of its own: the longer notice counts
    row = await row_of(await announced(seeded, **told))
    assert (row.least_tier, str(row.notice_ends)) == ("APPROVAL", "2025-04-13")


@on_one_database
async def test_the_scorecard_counts_the_changes_that_kept_their_notice(seeded: Seeded) -> None:
    await another_scope(seeded)
    for given in ({"earliest_date": "2025-04-13"}, {"earliest_date": "2025-04-12"}, {"earliest_date": "2025-02-01"}):
        await announced(seeded, scope_ids=["SC-1"], **given)
    for scope_id, on_time, all_of_them in (("SC-1", 1, 3), ("SC-2", 0, 0)):
        scope = await seeded.row(ScopeRow, scope_id)
        async with seeded.database.reading() as session:
            found = await figures(session, scope, date(2025, 1, 13), date(2025, 1, 13), UTC)
            before = await figures(session, scope, date(2024, 12, 1), date(2025, 1, 12), UTC)
        assert found.changes_on_time == Tally(numerator=on_time, denominator=all_of_them)
        assert before.changes_on_time == Tally(numerator=0, denominator=0)


@on_one_database
async def test_the_site_is_not_slow_because_a_change_or_an_inspection_takes_its_time(seeded: Seeded) -> None:
    change = await announced(seeded, earliest_date="2025-01-13")
    notice = filled(InspectionNotice, announced_on="2025-01-13").model_dump(mode="json")
    inspection = await a_case(seeded, Process.INSPECTION, notice, by="vito")
    await inspection.asks("begin")
    await change.does("ines", "classify")
    await change.asks("supplement")
    await change.does("priya", "decide")
    await change.asks("implement")
    for case, action in ((inspection, "begin"), (change, "supplement"), (change, "implement")):
        case.at = START + timedelta(days=5)
        suggested = (await seeded.row(TaskRow, case.tasks[action])).prefill
        await case.answers("vito", action, {**suggested})
    async with seeded.database.reading() as session:
        scope = await session.get_one(ScopeRow, "SC-1")
        found = await figures(session, scope, date(2025, 1, 13), date(2025, 1, 31), UTC)
    assert found.response_days == Tally(numerator=5, denominator=1)


@on_one_database
async def test_a_number_names_one_change_for_ever(seeded: Seeded) -> None:
    change = await announced(seeded, change_id="CC 1")
    for _ in range(2):
        refusal = await refused(announced(seeded, "wen", change_id="cc\u20111"))
        assert (refusal.code, set(refusal.fields)) == (Code.CONFLICT, {"change_id"})
        assert change.case_id in refusal.message
        await change.closes("WITHDRAWN")
    await announced(seeded, "olga", site_id="OB-01", change_id="CC 1")


async def test_of_two_people_who_announce_it_at_once_one_is_first(seeded: Seeded) -> None:
    attempts = [announced(seeded, by, change_id="CC 1") for by in ("vito", "wen")]
    first = [each for each in await asyncio.gather(*attempts, return_exceptions=True) if isinstance(each, Qualifying)]
    assert [row.case_id for row in await seeded.rows(ChangeRow)] == [change.case_id for change in first]
    assert len(first) == 1


@on_one_database
async def test_a_number_of_any_length_makes_a_short_title(seeded: Seeded) -> None:
    for number, title in (("CC-1", "CC-1"), ("変" * 200, "変" * 59 + "…")):
        change = await announced(seeded, change_id=number)
        assert (await change.row()).title == f"Change {title} at VM-02 (EQUIPMENT)"
        assert (await row_of(change)).change_id == number


@on_one_database
async def test_who_may_not_announce_is_refused(seeded: Seeded) -> None:
    for by, given, code in (
        ("olga", {}, Code.NOT_FOUND),
        ("uta", {}, Code.WRONG_ROLE),
        ("ines", {}, Code.WRONG_ROLE),
        ("vito", {"earliest_date": "2025-01-12"}, Code.RULE_BROKEN),
        ("vito", {"scope_ids": ["SC-2"]}, Code.RULE_BROKEN),
    ):
        assert (await refused(announced(seeded, by, **given))).code is code, (by, given)
    assert await seeded.rows(ChangeRow) == []


@on_one_database
async def test_a_tier_is_not_lowered_and_the_scopes_are_those_of_the_site(seeded: Seeded) -> None:
    change, other = await announced(seeded), await another_scope(seeded)
    for given, field in (({"sponsor_tier": "NOTIFY"}, "sponsor_tier"), ({"scope_ids": ["SC-2"]}, "scope_ids.0")):
        assert set((await refused(change.does("ines", "classify", **given))).fields) == {field}
    assert (await change.asks("classify"))["scope_ids"] == ["SC-1"]
    await change.does("ines", "classify", scope_ids=["SC-1", other])
    assert (await change.row()).scope_ids == ["SC-1", other]
    refusal = await refused(change.does("rosa", "assess-regulatory", filings=[]))
    assert set(refusal.fields) == {"filings"}
    assert set((await refused(change.does("priya", "decide", verdict="MORE_INFO"))).fields) == {"question"}


@on_one_database
async def test_who_has_classified_decides_under_no_role(seeded: Seeded) -> None:
    change = await announced(seeded)
    await change.does("ines", "classify")
    roles: Any = {"roles": ["SUPPLIER_QUALITY", "QA_APPROVER"]}
    await seeded.write("person.changed", seeded.result.person("ines"), {"set": roles, "reason": "Stands in"})
    refusal = await refused(change.does("ines", "decide"))
    assert (refusal.code, refusal.rule) == (Code.SEGREGATION_OF_DUTIES, "S1")


@on_one_database
async def test_the_site_reads_the_decision_and_nothing_of_what_was_weighed(seeded: Seeded) -> None:
    change = await announced(seeded)
    await change.does("ines", "classify")
    await change.does("rosa", "assess-regulatory")
    await change.does("carla", "assess-technical")
    vito, olga, hana = [await seeded.actor(user) for user in ("vito", "olga", "hana")]
    async with seeded.database.reading() as session:
        before = await one_case(session, vito, Process.CHANGE, change.case_id, change.at)
        inside = await one_case(session, hana, Process.CHANGE, change.case_id, change.at)
        hidden = one_case(session, olga, Process.CHANGE, change.case_id, change.at)
        assert (await refused(hidden)).code is Code.NOT_FOUND
    assert [record.action for record in before.records] == ["request"]
    assert before.change
    assert inside.change
    assert (before.change.sponsor_tier, before.change.approved) == (None, False)
    assert inside.change.sponsor_tier == "APPROVAL"
    await change.does("priya", "decide", **CONDITIONS)
    async with seeded.database.reading() as session:
        after = await one_case(session, vito, Process.CHANGE, change.case_id, change.at)
    assert [record.action for record in after.records] == ["request", "decide"]
    assert after.change
    assert (after.change.sponsor_tier, after.change.approved) == ("APPROVAL", True)
