"""G11: who has reviewed the batch that is decided on, and disposed of it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import col, select

from domain.batch.disposition import SiteDisposition, SiteVerdict
from domain.batch.gate.decision_facts import DispositionFacts, ReviewFacts
from domain.batch.making.package import BatchPackage
from domain.batch.review import REVIEWS, BatchReview, failed_gates
from domain.core.events import Event
from domain.core.forms import Form
from records.core.tables.cases import RecordRow
from records.core.tables.journal import EventRow
from records.release.gate_evidence.context import GateContext


class Records(NamedTuple):
    """What was decided and delivered on the batch: every version by its action, the newest first, and whose hands."""

    rows: dict[str, list[RecordRow]]
    persons: dict[int, frozenset[str]]
    """By the number of the record's event: whom it counts as, who has delegated them among them (S11)."""

    @classmethod
    async def of_batch(cls, context: GateContext) -> "Records":
        """Ask for the batch that is decided on."""
        forms: tuple[type[Form], ...] = (BatchPackage, SiteDisposition, *REVIEWS)
        query = select(RecordRow).where(
            col(RecordRow.case_id) == context.batch.batch_id,
            col(RecordRow.action).in_([form.action.name for form in forms]),
        )
        rows: dict[str, list[RecordRow]] = defaultdict(list)
        for row in (await context.session.exec(query.order_by(col(RecordRow.version).desc()))).all():
            rows[row.action].append(row)
        numbers = sorted({row.number for versions in rows.values() for row in versions})
        events = select(EventRow.body).where(
            col(EventRow.stream) == context.batch.batch_id, col(EventRow.number).in_(numbers)
        )
        told = [Event.model_validate_json(body) for body in (await context.session.exec(events)).all()]
        return cls(rows, {event.number: frozenset(event.actor.persons) for event in told})

    def versions(self, form: type[Form]) -> list[RecordRow]:
        return self.rows.get(form.action.name, [])

    def hands(self, rows: Sequence[RecordRow]) -> tuple[str, ...]:
        """Everybody who has ever given one of these."""
        return tuple(sorted({person for row in rows for person in self.persons[row.number]}))


def reviews_of(records: Records) -> tuple[ReviewFacts, ...]:
    """Each of the sponsor's reviews: what its newest version says, and everybody who has ever given it."""
    packages = records.versions(BatchPackage)
    found = [(form, records.versions(form)) for form in REVIEWS]
    return tuple(_review(records, form, rows, packages) for form, rows in found if rows)


def _review(
    records: Records, form: type[BatchReview], rows: Sequence[RecordRow], packages: Sequence[RecordRow]
) -> ReviewFacts:
    newest = rows[0]
    return ReviewFacts(
        action=newest.action,
        by_name=newest.by_name,
        persons=records.hands(rows),
        last_by=records.hands(rows[:1]),
        at=newest.at,
        failed=tuple(gate.value for gate in failed_gates(form.stored(newest.form))),
        is_outdated=bool(packages) and packages[0].number > newest.number,
    )


def disposition_of(context: GateContext, records: Records) -> DispositionFacts | None:
    """What the site's quality unit has decided last; `None` before it has."""
    rows = records.versions(SiteDisposition)
    if not rows or context.batch.site_decision is None:
        return None
    return DispositionFacts(
        verdict=SiteVerdict(context.batch.site_decision),
        by_name=rows[0].by_name,
        persons=records.hands(rows),
    )
