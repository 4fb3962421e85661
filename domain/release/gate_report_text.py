"""A gate report as text, at most 100 characters wide, with everything that the gates have looked at.

It is what a decider signs on (domain specification, section 19): nothing is left out for want of space, and nothing is
said in a code. Whatever stands for a record by its id alone is told with its name (`GateReport.names`).
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from types import MappingProxyType

from domain.batch.gate.results import GateResult
from domain.core.forms import Process
from domain.release.gate_page_text import Line, beside, field
from domain.release.gate_report import GateReport, ReportedBatch
from domain.release.gate_words import measured, words
from domain.release.since_signed import GateSince
from domain.site.site import Activity

_NOT_TOLD_APART = frozenset({Process.BATCH, Process.QUALIFICATION})
"""A batch has its number before it; laboratories number their reports QC-1 as well."""
KINDS: Mapping[str, str] = MappingProxyType({
    **{each.prefix: each.noun for each in Process if each not in _NOT_TOLD_APART},
    Process.CAPA.prefix: "CAPA",
    Process.STATUS.prefix: "status decision",
    Process.RENEWAL.prefix: "certificate renewal",
    Process.REVIEW.prefix: "quarterly review",
    "QTA": "quality agreement",
    "HOLD": "hold",
})  # fmt: skip
"""What a number is of, by its prefix, as it is said before it."""
WIDTH = 100
_INDENT = 21
_CASE = re.compile(rf"(?<![(\w-])(({'|'.join(KINDS)})-[0-9]+)(?![\w-]|: | \()")
_ID = re.compile(r"(?<![(\w-])((?:BAT|DOC|PER)-[0-9]+)(?![\w-]| \()")
"""An id that stands without its name: neither beside it in brackets nor with it behind."""


def rendered(report: GateReport) -> str:
    """The report as text, ending with a newline."""
    lines = [*_head(report), *_to_judge(report), Line(""), *_gates(report.gates), Line(""), *beside(report)]
    return "\n".join(part for line in lines for part in _wrapped(line, report.names)) + "\n"


def _wrapped(line: Line, names: Mapping[str, str]) -> list[str]:
    text = _ID.sub(lambda found: f"{names[found[1]]} ({found[1]})" if found[1] in names else found[1], line.text)
    text = _CASE.sub(lambda found: _with_kind(found, text), text)
    return textwrap.wrap(
        text, WIDTH, initial_indent=line.first, subsequent_indent=line.then, break_on_hyphens=False
    ) or [""]


def _with_kind(found: re.Match[str], text: str) -> str:
    """The number of a case behind the word for what it is, if that does not stand there."""
    kind = KINDS[found[2]]
    return found[1] if text.endswith(f"{kind} ", 0, found.start()) else f"{kind} {found[1]}"


def _head(report: GateReport) -> Iterator[Line]:
    batch = report.batch
    when = f"{report.at:%Y-%m-%d %H:%M} UTC"
    yield Line(f"Gate report  batch {batch.number} ({batch.batch_id})  market {report.market}", then="  ")
    yield Line(f"As signed on {when}" if report.as_signed else f"As it stands on {when}")
    yield Line("=" * WIDTH)
    what = [batch.product, batch.strength, batch.dosage_form, words(batch.supply_stage) if batch.supply_stage else None]
    yield field("Product", ", ".join(filter(None, what)))
    if batch.pack is not None:
        yield field("Pack", batch.pack.words())
    made_at = [f"{each.name} ({each.site_id}): {_done(each.activity)}" for each in report.sites] or [batch.site_id]
    yield field("Made", f"{batch.started_on or '-'} to {batch.made_on or '-'} at {'; '.join(dict.fromkeys(made_at))}")
    passed = ", passed" if batch.shelf_life_ended else ""
    until = f"{batch.expiry_on} ({batch.zone}{passed})" if batch.expiry_on else "-"
    made = measured(batch.quantity or "-", batch.unit if batch.quantity else None)
    yield field("Quantity", f"{made}, last day {until}, {words(batch.physical_status)}")
    yield field("Yield", _yield(batch))
    yield from _dates(batch)
    if batch.retained_samples is not None:
        kept = [batch.retained_samples, f"stability {batch.stability or 'none'}", batch.environment or ""]
        yield field("Kept, stated", "; ".join(filter(None, kept)))
    parameters = f"parameters version {batch.parameter_version}" if batch.parameter_version else "no parameters bound"
    yield field("Record", f"{batch.mbr_version or '-'}, {parameters}")


def _yield(batch: ReportedBatch) -> str:
    """What came out, its limits, and what went in of other batches."""
    found = f"{batch.yield_percent} %" if batch.yield_percent is not None else "not stated"
    if batch.yield_low is not None or batch.yield_high is not None:
        found = f"{found} (limits {batch.yield_low or '-'} to {batch.yield_high or '-'} %)"
    if batch.yield_deviation is not None:
        found = f"{found}, deviation {batch.yield_deviation}"
    return "; ".join([found, *(each.words() for each in batch.taken)])


def _done(activity: str) -> str:
    return words(Activity(activity)) if activity in set(Activity) else activity


def _dates(batch: ReportedBatch) -> Iterator[Line]:
    """What moves the last day, and what was corrected, with the old value."""
    if batch.retest_on is not None:
        window = f", use until {batch.retested_until} after a retest" if batch.retested_until else ""
        yield field("Retest", f"{batch.retest_on}{window}")
    if batch.extended_markets:
        where = ", ".join(batch.extended_markets)
        yield field("Extended", f"to {batch.extended_to} for {where} by the authority")
    if batch.use_date_to is not None:
        where = f"{', '.join(batch.use_date_markets)}, trial {batch.use_date_trial}"
        yield field("Use date", f"to {batch.use_date_to} for {where}, after relabelling alone")
    for each in batch.corrections:
        state = {None: "waits for a second person", True: "corrected", False: "refused"}[each.confirmed]
        what = each.field.removesuffix("_on").replace("_", " ")
        yield field("Correction", f"{what} {each.old or '-'} to {each.new}, {state}, {each.corrected_by}")


def _to_judge(report: GateReport) -> Iterator[Line]:
    """What waits for the reader comes first; after the decision what was judged, and what is otherwise since."""
    for each in report.to_judge:
        reason = each.reason.rstrip(".")
        yield Line(f"TO JUDGE {each.gate}: {reason}. State {'; '.join(each.states)}.", then="  ")
    decision = report.decision
    if decision.decision is None or report.as_signed:
        return
    for judged in report.judged:
        yield Line(f"Judged {judged.words()}", then="  ")
    yield from _since(report.since)
    if report.left is not None:
        what = f"{report.left} are left to release; whoever releases a further part judges anew"
        yield Line(f"FURTHER PART: {what} {', '.join(report.judged_anew) or 'nothing'}.", then="  ")


def _since(changes: Sequence[GateSince] | None) -> Iterator[Line]:
    if changes is None:
        return
    if not changes:
        yield Line("SINCE THE SIGNATURE: nothing is otherwise at any gate.")
    for each in changes:
        yield Line(f"SINCE THE SIGNATURE {each.words()}", then="  ")


def _gates(gates: Sequence[GateResult]) -> Iterator[Line]:
    shut = [each.gate.value for each in gates if not each.passes]
    yield Line(f"GATES: {', '.join(shut)} not open" if shut else "GATES: all open")
    yield Line("-" * WIDTH)
    for each in gates:
        yield Line(f"{each.gate:<4} {words(each.verdict):<15} {each.reason}", then=" " * _INDENT)
        for line in each.looked_at:
            yield Line(line, first=f"{' ' * _INDENT}- ", then=" " * (_INDENT + 2))


def as_page(report: GateReport) -> str:
    """The same as a page of HTML, to be read and printed."""
    title = escape(f"Gates of {report.batch.number} ({report.batch.batch_id}) for {report.market}")
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><pre>{escape(rendered(report))}</pre></body></html>"
