"""A gate report as text, at most 100 characters wide, with everything that the gates have looked at.

It is what a decider signs on (domain specification, section 19): nothing is left out for want of space.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from domain.batch.gate.results import GateResult
from domain.batch.views import GreenLightView
from domain.core.people import Role
from domain.policy.rejection_grounds import in_words
from domain.release.gate_page import GivenJudgement, MarketState, OpenEvent, RelativeState, ResultLine
from domain.release.gate_report import DecisionView, GateReport, ReportedBatch
from domain.release.gate_words import words

WIDTH = 100
_INDENT = 21


def rendered(report: GateReport) -> str:
    """The report as text, ending with a newline."""
    page = [*_head(report), *_to_judge(report), "", *_gates(report.gates), "", *_foot(report)]
    return "\n".join(page) + "\n"


def _head(report: GateReport) -> Iterator[str]:
    batch = report.batch
    when = f"{report.at:%Y-%m-%d %H:%M} UTC"
    title = f"Gate report  {batch.batch_id}  batch {batch.number}  market {report.market}"
    yield from _wrapped(title, "  ")
    yield f"As signed on {when}" if report.as_signed else f"As it stands on {when}"
    yield "=" * WIDTH
    yield from _field("Product", " ".join(filter(None, [batch.product, batch.strength])))
    sites = ", ".join(dict.fromkeys(f"{each.name} ({each.site_id})" for each in report.sites)) or batch.site_id
    yield from _field("Made", f"{batch.started_on or '-'} to {batch.made_on or '-'} at {sites}")
    yield from _field("Scopes", ", ".join(batch.scope_ids))
    made = f"{batch.quantity or '-'} {batch.unit or ''}".rstrip()
    passed = ", passed" if batch.shelf_life_ended else ""
    until = f"{batch.expiry_on} ({batch.zone}{passed})" if batch.expiry_on else "-"
    yield from _field("Quantity", f"{made}, expiry {until}, {words(batch.physical_status)}")
    yield from _dates(batch)
    if batch.retained_samples is not None:
        kept = [batch.retained_samples, f"stability {batch.stability or 'none'}", batch.environment or ""]
        yield from _field("Kept, stated", "; ".join(filter(None, kept)))
    yield from _field("Record", f"{batch.mbr_version or '-'}, parameters {batch.parameter_set_id or '-'}")


def _dates(batch: ReportedBatch) -> Iterator[str]:
    """What moves the last day, and what was corrected, with the old value."""
    if batch.retest_on is not None:
        window = f", use until {batch.retested_until} after a retest" if batch.retested_until else ""
        yield from _field("Retest", f"{batch.retest_on}{window}")
    if batch.extended_markets:
        where = ", ".join(batch.extended_markets)
        yield from _field("Extended", f"to {batch.extended_to} for {where} by the authority")
    if batch.use_date_to is not None:
        where = f"{', '.join(batch.use_date_markets)}, trial {batch.use_date_trial}"
        yield from _field("Use date", f"to {batch.use_date_to} for {where}, after relabelling alone")
    for each in batch.corrections:
        state = {None: "waits for a second person", True: "corrected", False: "refused"}[each.confirmed]
        what = each.field.removesuffix("_on").replace("_", " ")
        yield from _field("Correction", f"{what} {each.old or '-'} to {each.new}, {state}, {each.corrected_by}")


def _to_judge(report: GateReport) -> Iterator[str]:
    """What waits for the reader comes first."""
    for each in report.to_judge:
        yield from _wrapped(f"TO JUDGE {each.gate}: {each.reason}. State {'; '.join(each.states)}.", "  ")


def _gates(gates: Sequence[GateResult]) -> Iterator[str]:
    shut = [each.gate.value for each in gates if not each.passes]
    yield f"GATES: {', '.join(shut)} not open" if shut else "GATES: all open"
    yield "-" * WIDTH
    for each in gates:
        head = f"{each.gate:<4} {words(each.verdict):<15} "
        yield from textwrap.wrap(f"{head}{each.reason}", WIDTH, subsequent_indent=" " * _INDENT)
        for line in each.looked_at:
            yield from textwrap.wrap(
                line, WIDTH, initial_indent=f"{' ' * _INDENT}- ", subsequent_indent=" " * (_INDENT + 2)
            )


def _foot(report: GateReport) -> Iterator[str]:
    if not report.as_signed:
        yield from _list("Markets", (_market(each) for each in report.other_markets))
        yield from _list("Comes from", (_relative(each) for each in report.parents))
        yield from _list("Results", (_result(each) for each in report.analysis))
        if report.replaced or report.differed:
            differed = (f"differed in {each}" for each in report.differed)
            yield from _list("Replaced", [*(each.words() for each in report.replaced), *differed])
        yield from _list(
            "Deviations",
            (f"{d.deviation_id} {words(d.deviation_class)}: {words(d.state)}" for d in report.deviations),
        )
        yield from _list(
            "OOS, OOT", (f"{r.oos_id} {r.test} {r.result} {r.unit}: {words(r.state)}" for r in report.results)
        )
        yield from _list("Events", (_event(each) for each in report.events))
        yield from _list(
            "Exceptions", (f"{e.exception_id} of {e.gate} ({e.authority_letter})" for e in report.exceptions)
        )
        yield from _list("In words", (f"{each.about}: {each.text} ({each.by_name})" for each in report.said))
        yield from _list("Signed by", (f"{r.title}: {r.by_name}, {r.at:%Y-%m-%d}" for r in report.reviewers))
    if report.judgements:
        yield from _list("Judged", (_judgement(each) for each in report.judgements))
    yield from _field("Gates shown", f"SHA-256 {report.sha256}")
    decision = report.decision
    if decision.decision is None:
        yield from _field("Decision", f"open, by {words(decision.rule)}")
        return
    when = f"{decision.decided_at:%Y-%m-%d %H:%M} UTC" if decision.decided_at is not None else "-"
    yield from _field("Decision", f"{words(decision.decision)} by {_decider(decision)}, {when}")
    if decision.certificate_number is not None:
        released = f"{decision.quantity} {report.batch.unit or ''}".rstrip()
        yield from _field("Certificate", f"{decision.certificate_number}, {released}{_trial(decision)}")
    if decision.trial is not None:
        yield from _list("Green lights", (_green_light(each) for each in report.green_lights))
    if decision.review_waits_for:
        yield from _field("Review", f"waits for {_roles(decision.review_waits_for)}")
    if decision.withdrawn_at is not None:
        yield from _field("Taken back", f"{decision.withdrawn_at:%Y-%m-%d %H:%M} UTC")


def _trial(decision: DecisionView) -> str:
    if decision.trial is None:
        return ""
    phase = f", {words(decision.trial_phase)}" if decision.trial_phase is not None else ""
    return f", for trial {decision.trial}{phase}"


def _green_light(given: GreenLightView) -> str:
    until = f", valid to {given.valid_to}" if given.valid_to is not None else ""
    papers = f"{given.authorisation}, {given.ethics}{until}"
    gone = f", withdrawn {given.withdrawn_at:%Y-%m-%d} by {given.withdrawn_by}" if given.withdrawn_at else ""
    by = f"{given.given_by}, {given.given_at:%Y-%m-%d}"
    return f"{given.version} {given.destination}, {given.address}, trial {given.trial} ({papers}; {by}{gone})"


def _event(event: OpenEvent) -> str:
    state = "decided" if event.is_decided else "not decided"
    cases = f", open for it: {', '.join(event.followed_by)}" if event.followed_by else ""
    what = f"{event.event_id} {words(event.type)}, {words(event.severity)}"
    return f"{what}, at {event.site} ({event.site_id}), {state}{cases}"


def _market(state: MarketState) -> str:
    why = f" ({in_words(state.grounds)})" if state.grounds else ""
    review = f", its review waits for {_roles(state.review_waits_for)}" if state.review_waits_for else ""
    return f"{state.market} {state.state}{why}{''.join(f', {each}' for each in state.judged)}{review}"


def _roles(roles: Iterable[Role]) -> str:
    return " or ".join(words(each) for each in roles)


def _relative(relative: RelativeState) -> str:
    markets = ", ".join(map(_market, relative.markets)) or "-"
    return f"{relative.batch_id} {relative.number} at {relative.site}: {markets}"


def _result(line: ResultLine) -> str:
    compared = "".join(f", {each}" for each in line.compared_by[-1:])
    report = f"{words(line.source)} {line.certificate}"
    return f"{line.test} {line.result} (limit {line.limit or '-'}, {report}{compared})"


def _judgement(given: GivenJudgement) -> str:
    return f"{given.about} by {given.by}: {given.rationale} [{', '.join(given.stands_on) or 'no record named'}]"


def _decider(decision: DecisionView) -> str:
    """Nobody is shown as a qualified person who is none, or who has acted for another."""
    as_what = f" ({words(decision.capacity)})" if decision.capacity is not None else ""
    for_whom = f", for {decision.on_behalf_of} under a delegation" if decision.on_behalf_of is not None else ""
    return f"{decision.decided_by}{as_what}{for_whom}"


def _list(name: str, items: Iterable[str]) -> Iterator[str]:
    yield from _field(name, "; ".join(items) or "none")


def _field(name: str, text: str) -> Iterator[str]:
    yield from _wrapped(f"{name:<12} {text}", " " * 13)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, drop_whitespace=True) or [""]


def as_page(report: GateReport) -> str:
    """The same as a page of HTML, to be read and printed."""
    title = escape(f"Gates of {report.batch.batch_id} for {report.market}")
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><pre>{escape(rendered(report))}</pre></body></html>"
