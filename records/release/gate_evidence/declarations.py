"""G3: declarations of qualified persons on the makers of intermediates and active substances."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from domain.asl.asl import next_audit_due
from domain.audit.outcome import Recommendation
from domain.batch.gate.site_facts import DeclarationFacts
from domain.core.days import Calendar
from records.appointment.lapsed import signed_by_nobody
from records.appointment.markets import declares_for
from records.appointment.tables import AppointmentRow, AppointmentUseRow
from records.asl.tables.listing import AslRow
from records.audit.intervals import months_between_audits
from records.core.tables.master_data import ScopeRow, SiteRow
from records.release.gate_evidence.audits import Audits
from records.release.gate_evidence.context import GateContext
from records.release.gate_evidence.standing import in_force
from records.release.tables import DeclaredSiteRow, QpDeclarationRow


async def declarations_of(
    context: GateContext, audits: Audits, statements: Mapping[str, Sequence[AslRow]]
) -> dict[str, tuple[DeclarationFacts, ...]]:
    """Where the market asks for it: every declaration on a scope that was used, by batch, the oldest first."""
    if not context.asks.declares_substances:
        return {}
    query = (
        select(QpDeclarationRow, DeclaredSiteRow, col(AppointmentRow.markets), col(SiteRow.country))
        .join(DeclaredSiteRow, col(DeclaredSiteRow.number) == col(QpDeclarationRow.number))
        .outerjoin(AppointmentUseRow, col(AppointmentUseRow.stream) == col(QpDeclarationRow.number))
        .outerjoin(AppointmentRow, col(AppointmentRow.number) == col(AppointmentUseRow.number))
        .outerjoin(SiteRow, col(SiteRow.site_id) == col(AppointmentRow.licence_site))
        .where(col(DeclaredSiteRow.scope_id).in_(context.scope_ids), col(QpDeclarationRow.declared_at) <= context.at)
        .order_by(col(QpDeclarationRow.declared_at), col(QpDeclarationRow.number))
    )
    found: dict[str, list[tuple[QpDeclarationRow, DeclaredSiteRow, str | None]]] = defaultdict(list)
    told = (await context.session.exec(query)).all()
    rows = [
        (declaration, covered)
        for declaration, covered, markets, country in told
        if declares_for(context.policy, context.market, markets or (), country)
    ]
    void = await signed_by_nobody(context.session, {declaration.number for declaration, _ in rows})
    under = {stream: number for (stream, _), number in void.items()}
    for declaration, covered in rows:
        found[covered.scope_id].append((declaration, covered, under.get(declaration.number)))
    look = _Look(context, audits, statements)
    return {
        each.batch_id: tuple(
            look.at(declaration, covered, scope, each.calendar).model_copy(update={"under_none": nobody})
            for scope in each.scopes
            for declaration, covered, nobody in found[scope.scope_id]
        )
        for each in context.family
    }


class _Look:
    """What is known of the audits of all scopes of the family."""

    def __init__(self, context: GateContext, audits: Audits, statements: Mapping[str, Sequence[AslRow]]) -> None:
        self._context, self._audits, self._statements = context, audits, statements

    def at(
        self, declaration: QpDeclarationRow, covered: DeclaredSiteRow, scope: ScopeRow, calendar: Calendar
    ) -> DeclarationFacts:
        """A declaration on a scope as it stands by now: the interval may be shorter, an audit since then worse."""
        statement = in_force(self._statements.get(scope.scope_id, ()), self._context.at)
        until = declaration.valid_until
        if statement is not None:
            months = months_between_audits(scope, statement, self._context.policy)
            until = min(until, next_audit_due(covered.audited_on, months))
        withdrawn = declaration.withdrawn_at
        return DeclarationFacts(
            scope_id=scope.scope_id,
            number=declaration.number,
            holder=declaration.holder,
            audit_id=covered.audit_id,
            declared_on=calendar.local_day(declaration.declared_at),
            valid_until=until,
            withdrawn_on=calendar.local_day(withdrawn) if withdrawn is not None else None,
            unacceptable=self._unacceptable_since(scope, covered),
        )

    def _unacceptable_since(self, scope: ScopeRow, covered: DeclaredSiteRow) -> str | None:
        most = self._context.policy.limits.majors_for_conditional
        return next(
            (
                each.audit_id
                for each in self._audits.reports(scope, covered.audited_on, most)
                if each.recommendation is Recommendation.UNACCEPTABLE and each.verified_by is None
            ),
            None,
        )
