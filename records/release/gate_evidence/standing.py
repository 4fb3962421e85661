"""G1 and G2: the approved supplier list and the quality agreements over the time of manufacture."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlmodel import col, select

from domain.agreement.agreement import AgreementTerms, SubcontractedWork, unapproved
from domain.asl.asl import AslStatus
from domain.batch.batch import UseKind
from domain.batch.gate.site_facts import AgreementFacts, ScopeFacts, StatusFacts
from domain.batch.holds.holds import stops_release
from domain.qualification.conditions import ConditionStatus
from domain.site.site import Activity, ProductStage
from records.agreement.in_force import terms_of
from records.agreement.tables import AgreementRow
from records.asl.statements import reach_of, status_of
from records.asl.tables.listing import AslRow, ConditionRow
from records.core.tables.master_data import ScopeRow
from records.release.gate_evidence.context import GateContext, Relative

_LIFTED = frozenset({AslStatus.SUSPENDED, AslStatus.EXPIRED})
"""What stops release and may be lifted."""


async def statuses_of(
    context: GateContext, statements: Mapping[str, Sequence[AslRow]], agreements: "Agreements"
) -> dict[str, tuple[ScopeFacts, ...]]:
    """The status of every scope used, by batch: at the start, until the end of manufacture, and now."""
    conditions = await _open_conditions(context, statements)
    look = _Look(context, statements, conditions, agreements)
    return {each.batch_id: tuple(look.at(each, scope) for scope in each.scopes) for each in context.family}


async def statements_of(context: GateContext) -> dict[str, list[AslRow]]:
    """What was stated of each scope that was used, the oldest first."""
    query = select(AslRow).where(col(AslRow.scope_id).in_(context.scope_ids))
    found: dict[str, list[AslRow]] = defaultdict(list)
    for row in (await context.session.exec(query.order_by(col(AslRow.scope_id), col(AslRow.number)))).all():
        found[row.scope_id].append(row)
    return found


class _Look(NamedTuple):
    """What is known of all scopes of the family."""

    context: GateContext
    statements: Mapping[str, Sequence[AslRow]]
    conditions: Mapping[str, tuple[str, ...]]
    agreements: "Agreements"

    def at(self, member: Relative, scope: ScopeRow) -> ScopeFacts:
        """The status of a scope as it made a part of a batch, and now."""
        at, statements = self.context.at, self.statements.get(scope.scope_id, ())
        now = in_force(statements, at)
        subcontracted = scope.scope_id != member.batch.scope_id
        return ScopeFacts(
            scope_id=scope.scope_id,
            site_id=scope.site_id,
            site=self.context.sites[scope.site_id].name,
            company=self.context.companies[scope.site_id],
            activity=Activity(scope.activity),
            country=self.context.sites[scope.site_id].country,
            stage=ProductStage(scope.stage),
            product=scope.product,
            during=tuple(_stated(in_force(statements, each), statements, at) for each in _instants(member, statements)),
            now=status_of(now),
            reach_now=reach_of(now),
            is_subcontractor=subcontracted,
            not_approved_for=self.agreements.unapproved(self.context, member, scope) if subcontracted else None,
            conditions_open=self.conditions.get(scope.scope_id, ()),
        )


def _stated(row: AslRow | None, statements: Sequence[AslRow], at: datetime) -> StatusFacts:
    if row is None:
        return StatusFacts()
    return StatusFacts(
        status=AslStatus(row.status),
        reach=reach_of(row),
        since=row.effective_from,
        decided_in=row.decided_in,
        lifted_in=_lifted_in(row, statements, at),
    )


def _lifted_in(row: AslRow, statements: Sequence[AslRow], at: datetime) -> str | None:
    """The case that has ended a stop of release, if it is over."""
    if AslStatus(row.status) not in _LIFTED or not stops_release(AslStatus(row.status), reach_of(row)):
        return None
    now = in_force(statements, at)
    if now is None or stops_release(AslStatus(now.status), reach_of(now)):
        return None
    later = (each for each in statements if each.number > row.number and each.effective_from <= at)
    return next((each.decided_in for each in later if not stops_release(AslStatus(each.status), reach_of(each))), None)


def in_force(statements: Sequence[AslRow], at: datetime) -> AslRow | None:
    """As `domain.asl.asl.in_force`: of those effective by then the one recorded last."""
    effective = [each for each in statements if each.effective_from <= at]
    return effective[-1] if effective else None


def _instants(member: Relative, statements: Sequence[AslRow]) -> list[datetime]:
    """The start of manufacture, and when another status may have begun until its end.

    What takes effect at the end or after it was not there while the batch was made.
    """
    start, end = member.batch.started_at, member.ended_at
    if start is None:
        return []
    later = sorted(each.effective_from for each in statements if end is not None and start < each.effective_from < end)
    return [start, *later]


async def _open_conditions(
    context: GateContext, statements: Mapping[str, Sequence[AslRow]]
) -> dict[str, tuple[str, ...]]:
    """Release-relevant conditions of every decision that no later unconditional approval has replaced, by scope."""
    decisions: dict[str, set[str]] = {}
    for scope_id, rows in statements.items():
        standing: set[str] = set()
        for each in rows:
            if each.effective_from <= context.at:
                standing = set() if each.status == AslStatus.APPROVED.value else {*standing, each.decided_in}
        decisions[scope_id] = standing
    query = select(ConditionRow).where(
        col(ConditionRow.scope_id).in_(context.scope_ids),
        col(ConditionRow.release_relevant),
        col(ConditionRow.status) != ConditionStatus.MET.value,
    )
    found: dict[str, tuple[str, ...]] = {}
    ordered = query.order_by(col(ConditionRow.case_id), col(ConditionRow.number))
    for row in (await context.session.exec(ordered)).all():
        if row.case_id in decisions.get(row.scope_id, ()):
            found[row.scope_id] = (*found.get(row.scope_id, ()), f"{row.text} ({row.case_id}/{row.number})")
    return found


class Agreements:
    """The quality agreements of every scope that was used, version by version."""

    def __init__(self, rows: Sequence[AgreementRow]) -> None:
        by_scope: dict[str, list[AgreementRow]] = defaultdict(list)
        for row in rows:
            by_scope[row.scope_id].append(row)
        self._in_force = {scope_id: _by_day(versions) for scope_id, versions in by_scope.items()}
        self._rows = {(row.qta_id, row.version): row for row in rows}
        self._terms: dict[tuple[str, int], AgreementTerms] = {}

    @classmethod
    async def of_all(cls, context: GateContext) -> "Agreements":
        """Every version that has ever taken effect for a scope that was used."""
        query = select(AgreementRow).where(
            col(AgreementRow.scope_id).in_(context.scope_ids), col(AgreementRow.effective_from).is_not(None)
        )
        return cls((await context.session.exec(query)).all())

    def of(self, member: Relative) -> tuple[AgreementFacts, ...]:
        """Those of the scopes that make a part of a batch."""
        return tuple(each for scope in member.scopes for each in self._in_force.get(scope.scope_id, ()))

    def unapproved(self, context: GateContext, member: Relative, scope: ScopeRow) -> str | None:
        """Why the agreement of the maker does not approve a subcontractor for its work; `None` if it does.

        Asked of the version that was in force as manufacture began, or is in force now if it has not begun.
        """
        batch, site = member.batch, context.sites[scope.site_id]
        first = batch.started_on or context.today
        facts = next(
            (each for each in self._in_force.get(batch.scope_id, ()) if each.first <= first <= each.last), None
        )
        step = next(use for use in member.uses if use.kind == UseKind.SCOPE.value and use.reference == scope.scope_id)
        if facts is None:  # the gap is a matter of G2; what was known at the registration holds
            return None if step.approved else "does not name"
        work = SubcontractedWork(
            places=(site.site_id, site.name, site.address),
            product=batch.product or scope.product,
            activity=Activity(scope.activity),
            step=step.detail,
            first=first,
            last=batch.made_on or first,
        )
        return unapproved(self._terms_of(facts), work)

    def in_force(self, scope_id: str, day: date) -> tuple[AgreementFacts, AgreementTerms] | None:
        """The version of a scope's agreement that was in force on a day, with its terms."""
        found = next((each for each in self._in_force.get(scope_id, ()) if each.first <= day <= each.last), None)
        return (found, self._terms_of(found)) if found is not None else None

    def _terms_of(self, facts: AgreementFacts) -> AgreementTerms:
        key = (facts.qta_id, facts.version)
        if key not in self._terms:
            self._terms[key] = terms_of(self._rows[key])
        return self._terms[key]


def _by_day(versions: Sequence[AgreementRow]) -> list[AgreementFacts]:
    """Each version from its first day until the next one takes effect, or it lapses."""
    effective = [
        (row.effective_from, row.number, row.version, row) for row in versions if row.effective_from is not None
    ]
    ordered = sorted(effective, key=lambda each: each[:3])
    found: list[AgreementFacts] = []
    for index, (first, _, _, row) in enumerate(ordered):
        following = [begins - timedelta(days=1) for begins, *_ in ordered[index + 1 : index + 2]]
        if row.lapses_on is not None and first <= (last := min([row.lapses_on, *following])):
            found.append(
                AgreementFacts(scope_id=row.scope_id, qta_id=row.qta_id, version=row.version, first=first, last=last)
            )
    return found
