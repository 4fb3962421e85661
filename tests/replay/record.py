"""Histories to replay: `python -m tests.replay.record VERSION` tells every story once and keeps its history.

Run once for each release. What a released version has recorded is never recorded again: its cases still run.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from pathlib import Path

from tests.company import Company, company_at
from tests.records.databases import Databases
from tests.scenarios import qualifying as tell
from tests.scenarios.batch import test_batches
from tests.scenarios.batch import test_holds as test_batch_holds
from tests.scenarios.change import test_site_change
from tests.scenarios.delivery import test_delivery
from tests.scenarios.exchange import test_exchange
from tests.scenarios.inspection import test_inspection
from tests.scenarios.oversight import (
    test_renewals_and_reviews,
)
from tests.scenarios.oversight import (
    test_review as test_oversight_review,
)
from tests.scenarios.oversight import (
    test_years as test_oversight_years,
)
from tests.scenarios.release import test_after_release, test_disposition
from tests.scenarios.status import test_status
from tests.scenarios.triage import test_site_events

HISTORIES = Path(__file__).parent / "histories"
_STACK_TRACE = re.compile(r'("stackTrace": )"(?:[^"\\]|\\.)*"')
"""Of a refusal that was recorded: it names the folders of the machine, and no replay reads it."""
Story = Callable[[Company], Awaitable[str]]
"""Tells a story; returns the id of the case whose history is kept."""

MAJOR = {"severity": "MAJOR", "area": "QC laboratory", "summary": "Audit trail review is missing."}
OTHER = {"severity": "OTHER", "area": "Warehouse", "summary": "A label was hard to read."}


async def disputed_and_reworked_audit(company: Company) -> str:
    """For cause, with a dispute, a rejected report and a rework, to its closure."""
    audit = await company.audit_under_way(findings=[MAJOR, MAJOR, OTHER])
    await company.tom.does(audit, "report")
    await company.priya.does(audit, "approve-report", approve=False, reason="The scope is not described.")
    await company.reported(audit)
    evidence = await company.vito.uploads(audit)
    await company.vito.does(audit, "dispute", finding_no=2, evidence=[evidence])
    await company.priya.does(audit, "judge-dispute")
    await company.answered(audit, rework=(1,))
    await company.answered(audit)
    await company.answered(audit)
    for capa in await company.capas_of(audit):
        await company.implemented(capa)
    await company.asked(audit, "close")
    await company.priya.does(audit, "close")
    return audit


async def aborted_audit(company: Company) -> str:
    """A critical finding, an abort, a hold in between; the case stays open at its response."""
    audit = await company.accepted()
    await company.announced(audit)
    await company.comes_on(await company.first_day(audit))
    now = company.now.isoformat()
    await company.tom.does(audit, "open", held_at=now)
    await company.tom.does(audit, "report-critical-finding", found_at=now, told_at=now)
    await company.vito.does(audit, "contain")
    await company.hana.does(audit, "decide-suspension")
    await company.ines.does(audit, "hold")
    await company.passes(days=2)
    await company.ines.does(audit, "resume")
    await company.tom.does(audit, "abort")
    await company.hana.does(audit, "decide-abort")
    shown = {"area": "QC laboratory", "reason": "The missing raw data were shown before the abort."}
    await company.tom.does(audit, "report", removed=[shown])
    await company.priya.does(audit, "approve-report")
    await company.asked(audit, "respond")
    return audit


async def ineffective_capa(company: Company) -> str:
    """Implemented late, after reminders and escalations, verified at the second try, and ineffective in the end."""
    audit = await company.audit_under_way(findings=[MAJOR])
    await company.reported(audit)
    await company.answered(audit)
    (capa,) = await company.capas_of(audit)
    due = (await company.asked(capa, "implement")).due_at
    assert due is not None
    await company.comes_on(due.date())
    await company.passes(days=8)
    await company.vito.does(capa, "implement", evidence=[await company.vito.uploads(capa)])
    await company.ines.does(capa, "verify", verified=False, reason="The record of training is missing.")
    await company.implemented(capa)
    await company.passes(days=95)
    await company.ines.does(capa, "check-effectiveness", result="INEFFECTIVE", measured="4 in 90 days")
    await company.delivered()
    return capa


async def qualified_up_to_the_audit(company: Company) -> str:
    """Clarified once, documents sent twice, the agreement negotiated in two rounds."""
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await tell.answers_everything(company.vito, case_id)
    await tell.does(company.vito, case_id, "hand-in-questionnaire")
    await tell.does(company.uta, case_id, "declare-questionnaire", declare=False, statement="1-1 is not complete.")
    await tell.does(company.vito, case_id, "hand-in-questionnaire")
    await tell.does(company.uta, case_id, "declare-questionnaire")
    question = {"q_id": "1-1", "question": "Which address is on the authorisation?"}
    await tell.does(company.ines, case_id, "review-questionnaire", verdict="CLARIFY", questions=[question])
    await company.asked(case_id, "hand-in-questionnaire")
    await tell.drafts(company.vito, case_id, [{"q_id": "1-1", "value": "Rheinuferstr. 12", "version": 1}])
    await tell.does(company.vito, case_id, "hand-in-questionnaire")
    await tell.does(company.uta, case_id, "declare-questionnaire")
    await tell.does(company.ines, case_id, "review-questionnaire")
    await tell.documented(company, case_id)
    await tell.rated(company, case_id)
    task = await company.asked(case_id, "draft-agreement")
    terms = {**task.prefill["terms"], "effective_on": company.today.isoformat()}
    await tell.does(company.ines, case_id, "draft-agreement", terms=terms)
    comment = {"about": "change_control", "proposal": "Thirty days."}
    await tell.does(company.vito, case_id, "answer-agreement", accept=False, comments=[comment])
    await tell.agreed(company, case_id)
    return case_id


async def conditional_qualification(company: Company) -> str:
    """A condition that is not met on its day, and a decision after it was met late."""
    case_id = await qualified_up_to_the_audit(company)
    await tell.audited(company, case_id, [MAJOR, OTHER])
    due = (company.today + timedelta(days=20)).isoformat()
    condition = {"text": "PIP", "owner": "Head of production, site", "due": due, "verification": "Reports"}
    conditional_to = (company.today + timedelta(days=60)).isoformat()
    conditional = {"conditions": [condition], "conditional_to": conditional_to}
    await tell.decided(company, case_id, outcome="CONDITIONALLY_APPROVED", **conditional)
    await company.passes(days=22)
    await tell.does(company.ines, case_id, "verify-condition")
    await tell.decided(company, case_id, outcome="APPROVED")
    return case_id


async def audit_of_a_qualification(company: Company) -> str:
    """Reports to the case that owns it; open at its CAPAs."""
    case_id = await qualified_up_to_the_audit(company)
    return await tell.audited(company, case_id, [MAJOR, OTHER])


async def silent_supplier(company: Company) -> str:
    """Nobody answers, the head of quality goes on; the case is open at the documents."""
    case_id = await tell.requested(company)
    await tell.screened(company, case_id)
    await company.asked(case_id, "hand-in-questionnaire")
    await company.passes(days=62)
    await tell.does(company.hana, case_id, "decide-without", verdict="GO_ON")
    await company.asked(case_id, "submit-documents")
    return case_id


def of(told: Callable[[Company], Awaitable[None]], case_id: str) -> Story:
    """A story that a test tells, and the case whose history is kept."""

    async def story(company: Company) -> str:
        await told(company)
        return case_id

    return story


STORIES: Mapping[str, Story] = {
    "disputed_and_reworked_audit": disputed_and_reworked_audit,
    "aborted_audit": aborted_audit,
    "ineffective_capa": ineffective_capa,
    "conditional_qualification": conditional_qualification,
    "audit_of_a_qualification": audit_of_a_qualification,
    "silent_supplier": silent_supplier,
    "five_years_of_a_site": of(test_oversight_years.test_five_years_in_which_nobody_does_anything, "SITE-1"),
    "suspended_and_reinstated": of(
        test_status.test_a_suspension_holds_batches_is_assessed_reviewed_and_lifted_by_two_others, "STA-1"
    ),
    "probation_under_conditions": of(
        test_status.test_a_probation_ends_under_conditions_and_another_decision_takes_the_place_of_a_case, "STA-1"
    ),
    "renewed_certificate": of(
        test_renewals_and_reviews.test_a_certificate_is_turned_down_once_sent_twice_at_once_and_verified, "REN-1"
    ),
    "amended_agreement": of(
        test_renewals_and_reviews.test_an_agreement_is_reviewed_sent_back_and_amended_into_a_new_version, "AGR-1"
    ),
    "triaged_event": of(test_site_events.test_a_critical_deviation_leads_to_an_audit_a_hold_and_a_graver_tier, "EVT-1"),
    "graver_tier": of(test_site_events.test_a_critical_deviation_leads_to_an_audit_a_hold_and_a_graver_tier, "RSK-1"),
    "judged_quarter": of(test_oversight_review.test_a_quarter_is_judged_by_two_and_its_consequence_proposed, "OVR-1"),
    "change_with_a_question": of(
        test_site_change.test_a_change_is_raised_asked_about_approved_under_a_condition_and_used, "CHG-1"
    ),
    "inspection_with_a_bad_outcome": of(
        test_inspection.test_an_oai_reaches_the_head_of_quality_at_once_and_its_observations_are_answered, "INS-1"
    ),
    "settled_exchange": of(
        test_exchange.test_five_items_are_settled_in_two_rounds_and_four_people_sign_what_comes_of_them, "TX-1"
    ),
    "escalated_exchange": of(test_exchange.test_when_the_rounds_are_used_up_the_steering_pair_decides, "TX-1"),
    "investigated_and_rejected_batch": of(
        test_batches.test_what_goes_wrong_is_investigated_by_whom_it_belongs_to_and_both_sides_reject, "BAT-1"
    ),
    "held_batch": of(
        test_batch_holds.test_a_suspension_holds_a_batch_until_two_people_lift_it_after_the_reinstatement, "BAT-1"
    ),
    "batch_of_two_decisions": of(test_disposition.test_a_batch_is_released_held_and_reviewed, "BAT-1"),
    "recalled_batch": of(test_after_release.test_a_released_batch_is_reviewed_again_and_at_last_recalled, "BAT-1"),
    "corrected_rejection": of(
        test_after_release.test_a_rejection_that_was_wrong_is_corrected_by_two_under_a_new_record, "BAT-2"
    ),
    "spoilt_delivery": of(
        test_delivery.test_goods_leave_in_quarantine_are_set_free_with_the_release_and_spoilt_ones_are_taken_away,
        "SHP-2",
    ),
}


async def history_of(story: Story, folder: Path, database_url: str) -> str:
    """Tell a story in a company of its own; returns the history of its case as JSON."""
    async with company_at(folder, database_url) as company:
        case_id = await story(company)
        history = await company.environment.client.get_workflow_handle(case_id).fetch_history()
        return _STACK_TRACE.sub(r'\1""', history.to_json())


def record(version: str, into: Path, stories: Mapping[str, Story] = STORIES) -> None:
    """Tell the stories and keep their histories as those of a version. Raises `FileExistsError` if it has some."""
    with tempfile.TemporaryDirectory(prefix="vetted-") as folder:
        (into / version).mkdir(parents=True)
        databases = Databases(Path(folder))
        for name, story in stories.items():
            database_url = databases.migrated("sqlite")
            history = asyncio.run(history_of(story, Path(folder) / name, database_url))
            (into / version / f"{name}.json").write_text(history + "\n")


if __name__ == "__main__":
    record(sys.argv[1], HISTORIES)
