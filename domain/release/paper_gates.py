"""Gate G3: papers that the market asks of a site beside what shows its GMP (domain specification, 18 and 19)."""

from datetime import date

from domain.batch.gate.reasons import Kind, Reason
from domain.batch.gate.results import Found
from domain.batch.gate.site_facts import CertificateFacts, ScopeFacts
from domain.policy.market_asks import SitePaper
from domain.release.evidence import Member
from domain.release.gate_words import words
from domain.release.site_words import place
from domain.site.certificate import CertificateType, is_valid_on, registered_since, was_stopped_on


def papers_of(member: Member, scope: ScopeFacts) -> list[CertificateFacts]:
    """What a site has shown for a scope, as far as it names the activity."""
    return [each for each in member.certificates if each.scope_id == scope.scope_id and each.covers_activity]


def counted_on(paper: CertificateFacts, day: date) -> bool:
    """Whether a paper counted on a day: it had begun, had not ended, and its authority had not stopped it."""
    since = paper.inspected_on
    if paper.type is CertificateType.FDA_REGISTRATION and paper.checked_on is not None:
        since = registered_since(paper.checked_on)
    has_begun = since is None or since <= day
    return has_begun and is_valid_on(paper.valid_to, day) and not is_stopped_on(paper, day)


def is_stopped_on(paper: CertificateFacts, day: date) -> bool:
    """Whether its authority had suspended or withdrawn it on a day."""
    return was_stopped_on(paper.stopped_on, paper.stopped_until, day)


def demanded_papers(member: Member) -> Found:
    """What the row of the market asks for (`papers`) was there at manufacture, and is there now.

    For the US the registration of the establishment (21 CFR 207; section 502(o) of the FD&C Act): what was made while
    it was missing is not for the market where the row says so (`bars`). What is missing now alone is judged.
    """
    asked = [
        (scope, paper)
        for scope in member.scopes
        for paper in member.asks.papers
        if paper.is_asked_of(scope.activity, scope.stage)
    ]
    wrong = [reason for scope, paper in asked if paper.bars for reason in _missing_then(member, scope, paper)]
    doubtful = [reason for scope, paper in asked if not paper.bars for reason in _missing_then(member, scope, paper)]
    doubtful += [reason for scope, paper in asked for reason in _missing_now(member, scope, paper)]
    return Found("", (), wrong, doubtful)


def _missing_then(member: Member, scope: ScopeFacts, paper: SitePaper) -> list[Reason]:
    own = [each for each in papers_of(member, scope) if each.type is paper.type]
    return [
        member.reason(f"{place(scope)} had no {words(paper.type)} on {day}", Kind.NO_PAPER_ON, scope.scope_id, day)
        for day in dict.fromkeys((member.first_day, member.last_day))
        if day is not None and not any(counted_on(each, day) for each in own)
    ]


def _missing_now(member: Member, scope: ScopeFacts, paper: SitePaper) -> list[Reason]:
    own = [each for each in papers_of(member, scope) if each.type is paper.type]
    if any(each.is_verified and counted_on(each, member.today) for each in own):
        return []
    missing = f"{place(scope)} has no {words(paper.type)} now"
    last = max((each.valid_to for each in own if each.valid_to is not None), default=None)
    newest = own[-1].certificate_id if own else ""
    return [member.reason(missing, Kind.NO_PAPER, scope.scope_id, f"{paper.type} {newest}".strip(), since=last)]
