"""Checks of certificates of analysis and of own testing: everything is compared anew as it comes (gate G9)."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlmodel import col, select

from domain.batch.facts.batch_fact import LearnedOfBatch
from domain.batch.facts.quality import SpecificationNotMet
from domain.batch.results.analysis_forms import (
    CertificateOfAnalysis,
    OwnReport,
    OwnTesting,
    Period,
    Source,
    refuse_unless_issued,
    refuse_unless_tested,
)
from domain.batch.results.own_testing import bears_out, differences
from domain.batch.results.printed import Printed, printed
from domain.batch.results.recomputation import Reported
from domain.core.entry import OpenTask
from domain.core.names import name_key
from domain.core.people import Org
from domain.core.refusals import broken
from domain.core.text import in_a_title
from domain.site.site import Activity
from records.batch.making.makers import makers_of
from records.batch.making.own_lots import numbers_of
from records.batch.notifying import notify_batch
from records.batch.results.analysis import instants_of
from records.batch.results.compared import Compared, compared
from records.batch.results.failing import establish_failing
from records.batch.results.reports import Reports, reports_of
from records.batch.results.specifications import approved_of, names_on_certificates, specifications_in_force, tests_of
from records.batch.tables.analysis import AnalysisReportRow
from records.batch.tables.batches import BatchRow
from records.core.declared import Effect, checks, suggests
from records.core.lookups import Lookups, lookups_of
from records.core.reactions import establish
from records.core.tables.cases import CaseRow
from records.core.tables.master_data import PersonRow, ScopeRow
from records.core.writing import Writing

_SHOWN = 50
"""Tests that an effect names; the records know them all."""


@suggests(CertificateOfAnalysis)
async def suggests_a_certificate(writing: Writing, case: CaseRow, line: OpenTask) -> Effect:
    """A line for each test of the specification in force, without its result; the certificate that is corrected."""
    batch = await writing.session.get_one(BatchRow, case.case_id)
    in_force = await specifications_in_force(writing.session, batch.scope_id, batch.markets, writing.at)
    numbers = await _certificates(writing, batch)
    known: Effect = {"correction_of": numbers[-1]} if numbers else {}
    if not in_force:
        return known
    newest = max(in_force.values(), key=lambda row: row.version)
    lines: list[Effect] = [{"test": test.name, "method": test.method, "unit": test.unit} for test in tests_of(newest)]
    return {**known, "specification": f"{newest.spec_id} v{newest.version}", "results": [*lines]}


@checks(CertificateOfAnalysis)
async def is_a_certificate(writing: Writing, case: CaseRow, form: CertificateOfAnalysis) -> Effect:
    """Compared with the specification of every market; a result that fails holds the batch, and is investigated.

    So is one that the certificate replaces: a correction explains nothing by itself.

    Own testing that came before confirms it, or does not. A certificate that corrects another one after a release is
    reviewed by the qualified person (section 14).
    """
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    reports = await reports_of(writing.session, batch.batch_id)
    certificates = reports.of(Source.COA)
    numbers = [each.report for each in certificates]
    refuse_unless_issued(
        form,
        numbers,
        latest_day=lookups.latest_day,
        now=lookups.now,
        made=_made(batch),
        prints=await _prints(writing, batch, lookups, form.specification),
        batch=numbers_of(batch),
    )
    found = await compared(writing, batch, form.results)
    corrects = f"Certificate {in_a_title(form.number)} corrects {in_a_title(numbers[-1])}" if numbers else ""
    if batch.is_out and corrects:
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=case.case_id, why=corrects))
    await hold_failed(writing, batch, found, "the certificate of analysis")
    if certificates:
        await _not_forgotten(writing, batch, lookups, reports, certificates[-1])
    await establish_failing(writing, batch, form.results, found, found_in=Source.COA, report=form.number)
    own = reports.counting(Source.OWN_TESTING)
    differs = await _hold_differing(writing, batch, lookups, found, own, form.results)
    beside = await compared(writing, batch, own)
    await _ask_a_person(writing, batch, found)
    return {
        **effect_of(batch, found),
        "confirmed": bears_out(own, form.results, [each.found for each in beside], differs),
    }


@checks(OwnTesting)
async def is_own_testing(writing: Writing, case: CaseRow, form: OwnTesting) -> Effect:
    """Compared with the specification and with the certificate, if there is one already.

    What it corrects is investigated like what a corrected certificate replaces, and after a release reviewed.
    """
    lookups = await lookups_of(writing, case)
    batch = await writing.session.get_one(BatchRow, case.case_id)
    found = await compared(writing, batch, form.results)
    tests = [test for each in found for test in each.tests]
    reports = await reports_of(writing.session, batch.batch_id)
    earlier = [_as_known(reports, each) for each in reports.of(Source.OWN_TESTING)]
    refuse_unless_tested(
        form,
        tests,
        latest_day=lookups.latest_day,
        now=lookups.now,
        earlier=earlier,
        made=_made(batch),
        makers=await makers_of(writing.session, batch),
    )
    await _refuse_unknown(writing, form)
    await hold_failed(writing, batch, found, "own testing")
    for each in reports.of(Source.OWN_TESTING):
        if form.correction_of is not None and name_key(each.report) == name_key(form.correction_of):
            await _corrects_own(writing, batch, lookups, reports, each, form)
    await establish_failing(writing, batch, form.results, found, found_in=Source.OWN_TESTING, report=form.report)
    certificate = reports.counting(Source.COA)
    differs = await _hold_differing(writing, batch, lookups, found, form.results, certificate)
    confirms = bears_out(form.results, certificate, [each.found for each in found], differs)
    await _ask_a_person(writing, batch, found)
    return {
        **effect_of(batch, found),
        "differs": [*differs[:_SHOWN]],
        "confirms": confirms,
        "testers": [*sorted(_testers(writing, reports, form))],
    }


async def _prints(writing: Writing, batch: BatchRow, lookups: Lookups, specification: str) -> Printed:
    approved = await approved_of(writing.session, batch.scope_id)
    instants = instants_of(batch, lookups.calendar, lookups.now)
    today = lookups.calendar.local_day(lookups.now)
    names = names_on_certificates(approved, batch.markets, instants, today)
    return printed(specification, (*names.valid, *names.tighter), names.others)


def _made(batch: BatchRow) -> Period:
    return Period(batch.started_on, batch.made_on)


async def _refuse_unknown(writing: Writing, form: OwnTesting) -> None:
    """Who has tested is one of the sponsor's people; of others the laboratory is named."""
    faults = {}
    if form.laboratory_site_id is not None and not await _tests(writing, form.laboratory_site_id):
        faults["laboratory_site_id"] = "is no registered site with a scope for testing"
    for index, person_id in enumerate(form.tested_by):
        person = await writing.session.get(PersonRow, person_id)
        if person is None or person.org != Org.SPONSOR.value:
            faults[f"tested_by.{index}"] = "is no person of the sponsor"
    if faults:
        raise broken("G9", "Nobody knows who has tested.", **faults)


async def _tests(writing: Writing, site_id: str) -> bool:
    query = select(ScopeRow.scope_id).where(
        col(ScopeRow.site_id) == site_id, col(ScopeRow.activity) == Activity.TESTING.value
    )
    return (await writing.session.exec(query.limit(1))).first() is not None


def _testers(writing: Writing, reports: Reports, form: OwnTesting) -> set[str]:
    """Everybody whose hands the own testing of the batch counts as, with what comes now."""
    corrected = name_key(form.correction_of) if form.correction_of is not None else None
    standing = [each for each in reports.own_tests() if name_key(each.report) != corrected]
    return {*writing.actor.persons, *form.tested_by, *(person for each in standing for person in each.testers)}


async def _ask_a_person(writing: Writing, batch: BatchRow, found: Iterable[Compared]) -> None:
    """What cannot be compared is put before a person by the procedure of the batch, which is notified."""
    if any(each.found.unreadable for each in found):
        await notify_batch(writing, batch.batch_id)


async def _certificates(writing: Writing, batch: BatchRow) -> list[str]:
    query = select(AnalysisReportRow.report).where(
        col(AnalysisReportRow.batch_id) == batch.batch_id, col(AnalysisReportRow.source) == Source.COA.value
    )
    return list((await writing.session.exec(query.order_by(col(AnalysisReportRow.number)))).all())


def _as_known(reports: Reports, report: AnalysisReportRow) -> OwnReport:
    tests = frozenset(line.test for line in reports.lines.get(report.number, ()))
    return OwnReport(report.report, tests, report.superseded)


async def _corrects_own(
    writing: Writing,
    batch: BatchRow,
    lookups: Lookups,
    reports: Reports,
    replaced: AnalysisReportRow,
    form: OwnTesting,
) -> None:
    if batch.is_out:
        why = f"Own testing {in_a_title(form.report)} corrects {in_a_title(replaced.report)}"
        await establish(writing, LearnedOfBatch(batch_id=batch.batch_id, case_id=batch.batch_id, why=why))
    await _not_forgotten(writing, batch, lookups, reports, replaced)


async def _not_forgotten(
    writing: Writing, batch: BatchRow, lookups: Lookups, reports: Reports, replaced: AnalysisReportRow
) -> None:
    """What a correction replaces is investigated, if it fails and nobody has done so."""
    before = reports.reported(replaced)
    found = await compared(writing, batch, before)
    source, came_at = Source(replaced.source), replaced.reported_at
    await establish_failing(writing, batch, before, found, found_in=source, report=replaced.report, came_at=came_at)


async def hold_failed(writing: Writing, batch: BatchRow, found: Iterable[Compared], where: str) -> None:
    """Only the markets are held whose specification is not met; the batch as a whole if that is so in all of them."""
    failing = [each for each in found if each.found.failed]
    tests = list(dict.fromkeys(entry for each in failing for entry in each.found.failed))
    if tests:
        reason = f"Outside the specification on {where}: {_listed(tests)}"
        await _hold(writing, batch, reason, [market for each in failing for market in each.markets])


async def _hold_differing(
    writing: Writing,
    batch: BatchRow,
    lookups: Lookups,
    found: Iterable[Compared],
    own: "Sequence[Reported]",
    certificate: "Sequence[Reported]",
) -> list[str]:
    most = Decimal(lookups.limits.own_testing_difference_max_percent)
    apart = {each.markets: differences(own, certificate, each.tests, most) for each in found}
    tests = list(dict.fromkeys(entry for each in apart.values() for entry in each))
    if tests:
        reason = f"Own testing does not confirm the certificate: {_listed(tests)}"
        await _hold(writing, batch, reason, [market for markets, each in apart.items() if each for market in markets])
    return tests


async def _hold(writing: Writing, batch: BatchRow, reason: str, markets: Sequence[str]) -> None:
    whole = set(markets) == set(batch.markets)
    for market in [None] if whole else sorted(set(markets)):
        fact = SpecificationNotMet(batch_id=batch.batch_id, case_id=batch.batch_id, finding=reason, market=market)
        await establish(writing, fact)


def effect_of(batch: BatchRow, found: Sequence[Compared]) -> Effect:
    """What is found for each market, as names of tests, and the verdict of each line by version."""
    by_market: Effect = {}
    judged: Effect = {}
    for each in found:
        of = each.found
        lists = {name: getattr(of, name) for name in ("missing", "unknown", "failed", "unreadable", "disagrees")}
        said: Effect = {"spec_id": each.spec_id, "spec_version": each.version}
        for name, entries in lists.items():
            said[name] = [*[*dict.fromkeys(map(_test_of, entries))][:_SHOWN]]
        by_market |= dict.fromkeys(each.markets, said)
        judged[str(each.version)] = {
            "verdicts": "".join(line.verdict.value[0] if line else "-" for line in of.lines),
            "reasons": {str(number): line.reason for number, line in enumerate(of.lines) if line and line.reason},
        }
    unspecified = [market for market in batch.markets if market not in by_market]
    return {"markets": by_market, "unspecified": [*unspecified], "judged": judged}


def _test_of(entry: str) -> str:
    return entry.split(": ", 1)[0]


def _listed(entries: Sequence[str]) -> str:
    shown = "; ".join(entries[:10])[:2000]
    return f"{shown}; and {len(entries) - 10} more" if len(entries) > 10 else shown
