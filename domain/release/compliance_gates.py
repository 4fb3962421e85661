"""Gate G3: what shows that each site works to GMP (domain specification, 19)."""

from collections.abc import Iterable
from datetime import date

from domain.batch.gate.reasons import Kind, Reason
from domain.batch.gate.results import Ask, Found, Needed
from domain.batch.gate.site_facts import (
    CertificateFacts,
    DeclarationFacts,
    InspectionFacts,
    RecognisedPapers,
    ScopeFacts,
)
from domain.batch.supply_stage import SupplyStage
from domain.core.countries import country_name
from domain.event.site_event import GOOD_OUTCOMES, AuthorityOutcome
from domain.policy.market_asks import Bar
from domain.release.evidence import Member
from domain.release.gate_words import words
from domain.release.paper_gates import counted_on, demanded_papers, is_stopped_on, papers_of
from domain.release.site_words import place, place_of, status_now, stood
from domain.site.authorities import authority_key, is_fda
from domain.site.certificate import OF_AUTHORITIES, OF_MANUFACTURE, CertificateStatus, CertificateType
from domain.site.site import Activity

_GOOD = GOOD_OUTCOMES | {AuthorityOutcome.VAI}
"""Outcomes of an inspection that stand in the way of no release."""
_BAD = frozenset({AuthorityOutcome.OAI, AuthorityOutcome.NON_COMPLIANT})
_OF_THE_SUBSTANCE = frozenset({SupplyStage.INTERMEDIATE, SupplyStage.API})


def certificate_types(activity: Activity | None) -> frozenset[CertificateType]:
    """What shows that a site may do an activity: a GMP certificate or an authorisation; for storage a wholesale one."""
    stores = {CertificateType.WDA} if activity is Activity.STORAGE else set()
    return frozenset({CertificateType.GMP_CERT} | OF_MANUFACTURE | stores)


def certificates(member: Member) -> Found:
    """G3: the evidence that the stage asks for names the activity, at manufacture and now; else it is judged.

    A starting material rests on the qualification of its supplier. For a dosage form it is a GMP certificate or an
    authorisation. For an intermediate or active substance a GMP certificate counts if there is one; without it, where
    the market asks for one (`declares_substances`), a declaration of a qualified person that is in force and covers the
    site, and where none is in force the certifier names the one that covered it.
    Of a site in a country whose licences the market names (`licensed_in`) an authorisation counts if it is of a kind
    that the market takes (`licences`).
    An inspection by an authority that the row of the market names (`inspectorates`) counts as well, and of a site in
    the country of a partner whose inspections are recognised (`mra`) one by what that partner's row names. What an
    authority has found in its last inspection counts in every market, whatever was declared: what a site that is not
    compliant makes is not for a market that bars it (`bars`), the rest is judged. So is what an authority has suspended
    or withdrawn, whatever else counts; what is made after that without an authorisation is barred likewise. The
    authority may have extended what has ended on paper, or none is issued where the site is: then the certifier writes
    why the site counts as compliant (section 5).

    A certificate or authorisation counts where the row of the market names the country of its authority (`issuers`), or
    a partner's row (`mra`) recognises it: of a site in its territory, while the row holds, for what it does not leave
    out.
    One of which the issuer was not asked for when it was entered counts as it did then, and its line says so.
    """
    if member.supply_stage is SupplyStage.STARTING_MATERIAL:
        lines = [f"{place(each)}: qualified as supplier, see G1" for each in member.scopes]
        return Found("Its supplier is qualified.", lines)
    bare = _bare(member)
    stopped = [(scope, each) for scope in member.scopes for each in _stopped(member, scope)]
    wrong = [fault for scope in member.scopes for fault in _not_compliant(member, scope)]
    wrong += [_stops(member, scope, each) for scope, each in stopped if _is_unauthorised(member, each)]
    lines = [_line(member, each) for each in member.certificates]
    lines += [_inspection_line(member, each) for each in member.inspections]
    if _is_declared(member):
        lines += [_declaration_line(member, each) for each in member.declarations]
    asks = frozenset(Needed(Ask.QP_DECLARATION, scope) for scope in _undeclared(member))
    doubtful = [doubt for scope in member.scopes for doubt in _inspection_doubts(member, scope)]
    doubtful += [_stops(member, scope, each) for scope, each in stopped if not _is_unauthorised(member, each)]
    doubtful += [doubt for found in bare.values() for doubt in found]
    found = Found("Valid certificates name the activity.", lines, wrong, doubtful, asks=asks)
    return found.beside(demanded_papers(member))


def _undeclared(member: Member) -> list[str]:
    """The scopes of which a judgement names the declaration that covered them: nothing else shows their GMP."""
    return [scope_id for scope_id, found in _bare(member).items() if found] if _is_declared(member) else []


def _is_declared(member: Member) -> bool:
    """Whether a declaration of a qualified person shows the GMP of who makes it."""
    return member.supply_stage in _OF_THE_SUBSTANCE and member.asks.declares_substances


def _bare(member: Member) -> dict[str, list[Reason]]:
    """What no paper shows of each scope; nothing where a qualified person has declared on it."""
    if member.supply_stage is SupplyStage.STARTING_MATERIAL:
        return {}
    return {
        scope.scope_id: [] if _has_declaration(member, scope) else _certificate_doubts(member, scope)
        for scope in member.scopes
    }


def _has_declaration(member: Member, scope: ScopeFacts) -> bool:
    own = (each for each in member.declarations if each.scope_id == scope.scope_id)
    return _is_declared(member) and any(_counts_no_more(member, each) is None for each in own)


def _counts_no_more(member: Member, declaration: DeclarationFacts) -> str | None:
    """Why a declaration does not count today; `None` if it does."""
    scope = next(each for each in member.scopes if each.scope_id == declaration.scope_id)
    if declaration.withdrawn_on is not None:
        return f"withdrawn on {declaration.withdrawn_on}"
    if declaration.under_none is not None:
        return f"not counting: {declaration.under_none}, under which it was made, did not count by then"
    if declaration.valid_until < member.today:
        return "over"
    if declaration.unacceptable is not None:
        return f"not counting: audit {declaration.unacceptable} found it unacceptable"
    if scope.now is None or not scope.now.is_active:
        return f"not counting: the site is {stood(status_now(scope))}"
    return None


def _declaration_line(member: Member, declaration: DeclarationFacts) -> str:
    why = _counts_no_more(member, declaration)
    said = f"{declaration.number} for {declaration.holder} on audit {declaration.audit_id}, {declaration.declared_on}"
    ends = f"to {declaration.valid_until}{f', {why}' if why else ''}"
    return f"{place_of(member, declaration.scope_id)}: declared in {said} {ends}"


def _certificate_doubts(member: Member, scope: ScopeFacts) -> list[Reason]:
    own = _papers_of_gmp(member, scope)
    inspected = [each for each in _at(member, scope) if _shows_gmp(member, scope, each)]
    known = [each for each in own if _unrecognised(member, scope, each, member.today) is None]
    activity = f"the {words(scope.activity)}" if scope.activity is not None else "its activity"
    doubtful: list[Reason] = []
    if not any(each.is_verified and counted_on(each, member.today) for each in known) and not inspected:
        bare = f"no valid certificate of {place(scope)} names {activity} now{_strange(member, scope, own)}"
        over = (each.valid_to for each in own if each.valid_to is not None and each.valid_to < member.today)
        last, newest = max(over, default=None), own[-1].certificate_id if own else ""
        doubtful.append(member.reason(bare, Kind.NO_CERTIFICATE, scope.scope_id, newest, since=last))
    doubtful += [
        member.reason(f"none of {place(scope)} named {activity} on {day}", Kind.NO_CERTIFICATE_ON, scope.scope_id, day)
        for day in dict.fromkeys((member.first_day, member.last_day))
        if day is not None and not _has_paper_on(member, scope, own, day) and not _seen_by(inspected, day)
    ]
    return doubtful


def _papers_of_gmp(member: Member, scope: ScopeFacts) -> list[CertificateFacts]:
    types = certificate_types(scope.activity)
    return [each for each in papers_of(member, scope) if each.type in types and not each.is_of_other_supply]


def _has_paper_on(member: Member, scope: ScopeFacts, own: Iterable[CertificateFacts], day: date) -> bool:
    return any(counted_on(each, day) and _unrecognised(member, scope, each, day) is None for each in own)


def _strange(member: Member, scope: ScopeFacts, own: Iterable[CertificateFacts]) -> str:
    """Of certificates that would count today: why the market does not recognise them, in words."""
    valid = [each for each in own if each.is_verified and counted_on(each, member.today)]
    found = {each.number or each.certificate_id: _unrecognised(member, scope, each, member.today) for each in valid}
    return "".join(f"; {number} {fault}" for number, fault in found.items() if fault is not None)


def _unrecognised(member: Member, scope: ScopeFacts, certificate: CertificateFacts, day: date) -> str | None:
    """Why the market does not recognise who has issued a paper of a site, on a day; `None` if it does."""
    issuer, issuers = certificate.issued_by, member.asks.issuers
    if issuer is None or not issuers or issuer in issuers:
        return None
    by = f"was issued in {country_name(issuer)}"
    rows = [each for each in member.papers_recognised if issuer in each.issuers]
    faults = [_left_out(each, scope, day) for each in rows]
    if None in faults:
        return None
    return f"{by}, and {'; '.join(filter(None, faults))}" if rows else f"{by}, which {member.market} does not recognise"


def _left_out(row: RecognisedPapers, scope: ScopeFacts, day: date) -> str | None:
    """Why a partner's row does not cover what was issued of a site; `None` if it does."""
    if day < row.first_day:
        return f"{row.name} had not begun on {day}"
    if row.last_day is not None and row.last_day < day:
        return f"{row.name} has ended on {row.last_day}"
    if scope.country not in row.sites_in:
        return f"{row.name} covers no site in {country_name(scope.country or 'a country that is not on record')}"
    return f"{row.name} leaves out {row.left_out.words}" if row.left_out is not None else None


def _inspection_doubts(member: Member, scope: ScopeFacts) -> list[Reason]:
    return [_found(member, each, scope) for each in _last_of_each(member, scope) if _is_in_doubt(member, each)]


def _not_compliant(member: Member, scope: ScopeFacts) -> list[Reason]:
    return [_found(member, each, scope) for each in _last_of_each(member, scope) if _closes(member, each)]


def _closes(member: Member, inspection: InspectionFacts) -> bool:
    """What a site that is not compliant makes is not for a market that says so (Directive 2001/83/EC, Article 111)."""
    return inspection.outcome is AuthorityOutcome.NON_COMPLIANT and Bar.NON_COMPLIANCE in member.asks.bars


def _is_in_doubt(member: Member, inspection: InspectionFacts) -> bool:
    """Of an authority that the market names whatever is not good; of every authority what is bad."""
    if member.asks.takes_inspections_of(inspection.authority) and not _closes(member, inspection):
        return inspection.outcome not in _GOOD
    return inspection.outcome in _BAD and not _closes(member, inspection)


def _at(member: Member, scope: ScopeFacts) -> list[InspectionFacts]:
    return [each for each in member.inspections if each.scope_id == scope.scope_id]


def _last_of_each(member: Member, scope: ScopeFacts) -> list[InspectionFacts]:
    """The last inspection of each authority; they come the oldest first."""
    return list({authority_key(each.authority): each for each in _at(member, scope)}.values())


def _found(member: Member, inspection: InspectionFacts, scope: ScopeFacts) -> Reason:
    by = "the FDA" if is_fda(inspection.authority) else inspection.authority
    found = f"inspection {inspection.case_id}: {by} found {place(scope)}: {words(inspection.outcome)}"
    what = f"{inspection.case_id} {inspection.outcome}"
    return member.reason(found, Kind.INSPECTION, scope.scope_id, what, since=inspection.last_day)


def _shows_gmp(member: Member, scope: ScopeFacts, inspection: InspectionFacts) -> bool:
    """Whether an inspection shows GMP: by whom the market names, and in a partner's country by whom that one names."""
    partner = member.recognises.get(scope.country or "")
    takes = (member.asks, partner) if partner is not None else (member.asks,)
    return any(each.takes_inspections_of(inspection.authority) for each in takes)


def _seen_by(inspected: Iterable[InspectionFacts], day: date) -> bool:
    """Whether an authority had inspected by a day, and its last outcome until then was good."""
    until = {authority_key(each.authority): each.outcome for each in inspected if each.last_day <= day}
    return any(outcome in _GOOD for outcome in until.values())


def _stopped(member: Member, scope: ScopeFacts) -> list[CertificateFacts]:
    """What authorities have suspended or withdrawn, and no certificate of the type has taken the place of."""
    own = _papers_of_gmp(member, scope)
    counting = {each.type for each in own if each.is_verified and counted_on(each, member.today)}
    return [each for each in own if each.stopped_as is not None and each.type not in counting]


def _stops(member: Member, scope: ScopeFacts, certificate: CertificateFacts) -> Reason:
    how = words(certificate.stopped_as or CertificateStatus.SUSPENDED)
    name = f"{words(certificate.type)} {certificate.number} of {place(scope)}"
    found = f"{name} was {how} by its authority on {certificate.stopped_on}"
    what = f"{certificate.certificate_id} {how} from {certificate.stopped_on}"
    return member.reason(found, Kind.STOPPED, scope.scope_id, what, since=certificate.stopped_on)


def _is_unauthorised(member: Member, certificate: CertificateFacts) -> bool:
    """What is made without an authorisation is not for a market that says so (Directive 2001/83/EC, Article 40)."""
    is_of_the_site = certificate.type.is_of_manufacture and Bar.NO_AUTHORISATION in member.asks.bars
    return is_of_the_site and is_stopped_on(certificate, member.last_day or member.today)


def _inspection_line(member: Member, inspection: InspectionFacts) -> str:
    found = f"inspection {inspection.case_id} by {inspection.authority}, {words(inspection.outcome)}"
    return f"{place_of(member, inspection.scope_id)}: {found}, {inspection.last_day}"


def _line(member: Member, certificate: CertificateFacts) -> str:
    ends = certificate.valid_to or "no end"
    name = f"{words(certificate.type)} {certificate.number or f'({certificate.certificate_id})'}"
    issuer = certificate.issued_by
    unknown = ", issuer not on record" if certificate.type in OF_AUTHORITIES else ""
    issued = f", issued in {country_name(issuer)}" if issuer is not None else unknown
    other = issued if certificate.covers_activity else f"{issued}, other activities"
    other += ", of no kind that the market takes" if certificate.is_of_other_supply else ""
    if certificate.stopped_on is not None:
        until = f" until {certificate.stopped_until}" if certificate.stopped_until is not None else ""
        how = words(certificate.stopped_as or CertificateStatus.SUSPENDED)
        other += f", {how} by its authority from {certificate.stopped_on}{until}"
    return f"{place_of(member, certificate.scope_id)}: {name} to {ends}{other}"
