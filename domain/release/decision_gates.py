"""Gates G11, G13 and G14: who decides under which rule, and what stands against any decision (section 8)."""

from domain.batch.disposition import SiteVerdict
from domain.batch.gate.decision_facts import HoldFacts, SiteEventFacts
from domain.batch.gate.results import Found
from domain.batch.making.pack import PackRule, faults_for, is_unknown_for
from domain.batch.review import REVIEWS
from domain.policy.market_rule import DecisionRule
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_words import fact_in_words, lifters_in_words, words

REVIEW_ACTIONS = tuple(form.action.name for form in REVIEWS)
"""The reviews without which nothing is certified, by their actions."""
SIGNED_UNDER = "signed under "
"""How the fact begins that only a signature adds."""
_TITLES = {form.action.name: form.action.title for form in REVIEWS}
_RULES = {
    DecisionRule.QP: "certificate of a qualified person, with an entry in the register",
    DecisionRule.QCU: "approval of the quality unit",
    DecisionRule.MARKET: "release by",
    DecisionRule.PROCESSING: "release for further processing by the quality unit",
    DecisionRule.CONFIRMATION: "confirmation of a qualified person of the site",
}


def separation(evidence: BatchEvidence) -> Found:
    """G11: the three reviews are there, and the site has released the batch itself (S5).

    A certifier who has done either is refused before any gate is looked at; reviewers are of the sponsor, who disposes
    is of the site, and nobody is of both. A closed gate refuses; it holds nothing.
    """
    wrong = _review_faults(evidence)
    disposition = evidence.disposition
    if disposition is None:
        wrong.append("the site has not disposed of the batch")
    elif disposition.verdict is not SiteVerdict.RELEASED:
        wrong.append(f"the site has {words(disposition.verdict)} the batch")
    lines = [f"{_title(each.action)}: {each.by_name}, {each.at:%Y-%m-%d}" for each in evidence.reviews]
    if disposition is not None:
        lines.append(f"disposition by the site: {words(disposition.verdict)}, {disposition.by_name}")
    return Found("Reviewed by three; released by the site.", lines, wrong)


def _review_faults(evidence: BatchEvidence) -> list[str]:
    known = {each.action for each in evidence.reviews}
    faults = [f"{_title(action)} is missing" for action in REVIEW_ACTIONS if action not in known]
    for each in evidence.reviews:
        if each.is_outdated:
            faults.append(f"{_title(each.action)} was before the last package")
        if each.failed:
            faults.append(f"{each.by_name} has failed {', '.join(each.failed)} in {_title(each.action)}")
    return faults


def _title(action: str) -> str:
    """A review as its task is called."""
    return _TITLES.get(action, action)


def audits_are_known(evidence: BatchEvidence) -> Found:
    """G4: the certifier knows what the audits recommend [V4]."""
    unknown = evidence.audits_known is False
    return Found("", (), ["the certifier does not know what the audits recommend"] if unknown else [])


def decision(evidence: BatchEvidence) -> Found:
    """G13: the market's own rule decides, as its row of the policy says.

    A decision under another rule is refused before any gate is looked at. What another market has decided against the
    batch is judged, on whatever grounds; it refuses nothing here by itself (section 18). What two people have judged
    already is shown.
    """
    rule = _rule_in_words(evidence)
    doubtful = [each.refusal.words(evidence.name) for each in evidence.elsewhere if not each.judged]
    wrong, unknown = _of_the_pack(evidence)
    lines = [f"rule of {evidence.market}: {rule}"]
    if evidence.pack is not None:
        lines.append(f"packed as {evidence.pack.words()}")
    for each in evidence.elsewhere:
        lines += [each.refusal.words(evidence.name), *each.judged]
    lines += [f"{SIGNED_UNDER}{each}" for each in evidence.relies_on]
    of_goods = [each for each in evidence.elsewhere if not each.judged and not each.refusal.is_of_the_market]
    return Found(f"{evidence.market}: {rule}.", lines, wrong, doubtful=[*doubtful, *unknown], on_record=not of_goods)


def _of_the_pack(evidence: BatchEvidence) -> tuple[list[str], list[str]]:
    """What is wrong with the pack for the market, and what is not known of it."""
    if not evidence.needs.is_of_a_product:
        return [], []
    rule = PackRule(evidence.market, evidence.demanded_marks, evidence.refused_marks)
    if is_unknown_for(evidence.pack, rule, evidence.supply_stage):
        return [], [f"it is not on record what {evidence.name} is packed as: nobody has compared its marks"]
    faults = faults_for(evidence.pack, rule, evidence.supply_stage) if evidence.pack is not None else []
    return [f"the pack of {evidence.name} {each}" for each in faults], []


def _rule_in_words(evidence: BatchEvidence) -> str:
    if evidence.needs is not DecisionRule.MARKET:
        return _RULES[evidence.needs]
    return f"{_RULES[evidence.needs]} {' or '.join(dict.fromkeys(map(words, evidence.deciders)))}"


def regulatory(member: Member) -> Found:
    """G14: no recall, alert or statement of non-compliance is open, and no hold of any type stands.

    A hold is always a refusal, whatever its type and whoever placed it: it is lifted first, by two persons. What was
    worked again or corrected has inherited the holds of what it comes from, and is held by its own.
    """
    events = [f"{each.event_id} ({words(each.type)}) is open{_follow_up(each)}" for each in member.events]
    standing = () if member.is_worked_again or member.is_corrected else member.holds
    holds = [
        f"{each.hold_id} ({words(each.type)}) stands: {each.reason}"
        for each in standing
        if _is_for(each, member.market)
    ]
    reviewed = ["a review after its release is open"] if member.is_reviewed_again else []
    alerts = ", ".join(each.event_id for each in member.events)
    lines = [
        f"recalls, alerts, non-compliance: {alerts or 'none open'}",
        *(_hold_line(each) for each in member.holds),
        *(() if member.holds else ("holds: none",)),
    ]
    held = [*holds, *reviewed]
    return Found("No hold, recall or alert.", lines, [*events, *held], held=held)


def _follow_up(event: SiteEventFacts) -> str:
    return f", {', '.join(event.followed_by)} with it" if event.followed_by else ""


def _hold_line(hold: HoldFacts) -> str:
    """A hold in one line: why, since when, for which markets, and who lifts it after what."""
    since = f", from {hold.since:%Y-%m-%d} on" if hold.since is not None else ""
    where = f"for {hold.market}" if hold.market is not None else "for all markets"
    why = f", since {fact_in_words(hold.fact)}" if hold.fact is not None else ""
    origin = f", inherited from hold {hold.inherited_from}" if hold.inherited_from is not None else ""
    lifted = lifters_in_words(hold.type, hold.placed_by)
    return f"{hold.hold_id}: {words(hold.type)}, {where}{since}{why}{origin}; {lifted}"


def _is_for(hold: HoldFacts, market: str) -> bool:
    return hold.market in (None, market)
