"""What an exception of a gate excuses: the reasons that it was signed for, whatever is found later (section 10)."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.audit.outcome import Recommendation
from domain.batch.gate.batch_facts import ChangeFacts
from domain.batch.gate.gate import ExceptionFacts, Gate
from domain.batch.gate.reasons import About, KeptReason, Kind, Reason, kept
from domain.batch.gate.results import Ask, Found, GateResult, GateVerdict, Needed, of_all, result
from domain.batch.gate.site_facts import CriticalUnderWay, InspectionFacts
from domain.change.decision import Filing
from domain.core.refusals import Code, Refused
from domain.event.site_event import AuthorityOutcome
from domain.policy.market_asks import MarketAsks
from domain.release.evidence import BatchEvidence, Member
from domain.release.gate_exception import (
    ExceptionRequest,
    ExceptionSignature,
    in_words,
    reasons_kept,
    refuse_unless_seen,
)
from domain.release.gates import EXCEPTABLE, evaluate, found_at, not_excused
from domain.site.certificate import CertificateStatus, CertificateType
from tests.domain.evidence import AT, AUTHORISED, CERTIFICATE, CLEAN, REPORT, TODAY, but, with_audit, with_certificate
from tests.domain.filling import filled

FAIL, NEEDS, JUDGED, EXCEPTED = (
    GateVerdict.FAIL,
    GateVerdict.NEEDS_JUDGEMENT,
    GateVerdict.JUDGED,
    GateVerdict.EXCEPTED,
)
OVERDUE: dict[str, Any] = {"due": TODAY - timedelta(days=400), "justifiable_until": None}
TOLD = (CriticalUnderWay(audit_id="AUD-6", told_on=TODAY),)


def granted(gate: Gate, reasons: tuple[KeptReason, ...] | None, *, days: int = 0) -> ExceptionFacts:
    at = AT - timedelta(days=days)
    return ExceptionFacts(
        exception_id="EXC-1", gate=gate, market="EU", authority_letter="DOC-9", granted_at=at, reasons=reasons
    )


def excepted(gate: Gate, before: BatchEvidence, after: BatchEvidence, **judged: str) -> GateResult:
    """What a gate says of what is found after the exception was asked for."""
    reasons = kept(not_excused(gate, before, AT))
    with_it = after.model_copy(update={"exceptions": (granted(gate, reasons),)})
    return next(each for each in evaluate(with_it, {Gate(k): v for k, v in judged.items()}, AT) if each.gate is gate)


def test_what_it_was_signed_for_is_excused() -> None:
    late = with_audit(**OVERDUE)
    found = excepted(Gate.G4, late, late)
    assert (found.verdict, found.passes) == (EXCEPTED, True)
    assert found.reason.startswith("Excepted by EXC-1: the audit of ")


def test_what_nobody_entitled_has_signed_excuses_nothing_and_is_named() -> None:
    late = with_audit(**OVERDUE)
    void = granted(Gate.G4, kept(not_excused(Gate.G4, late, AT))).model_copy(update={"under_none": "APT-1"})
    results = evaluate(late.model_copy(update={"exceptions": (void,)}), {}, AT)
    found = next(each for each in results if each.gate is Gate.G4)
    said = "EXC-1 does not count: it was signed under APT-1, which did not count by then"
    assert (found.verdict, found.looked_at[-1]) == (NEEDS, said)
    assert [each.gate for each in results if said in each.looked_at] == [Gate.G4]


def test_the_same_reason_in_other_words_stays_excused() -> None:
    later = with_audit(**{**OVERDUE, "due": TODAY - timedelta(days=390)})
    assert excepted(Gate.G4, with_audit(**OVERDUE), later).verdict is EXCEPTED


@pytest.mark.parametrize(
    ("changes", "verdict", "why"),
    [
        ({"critical_under_way": TOLD}, NEEDS, "audit AUD-6 has told"),
        ({"unreported": ("AUD-6",)}, NEEDS, "is over, and not reported"),
        (
            {"reports": (REPORT.model_copy(update={"recommendation": Recommendation.UNACCEPTABLE}),)},
            FAIL,
            "unacceptable",
        ),
        ({"last_day": date(2020, 1, 1)}, NEEDS, "was due on"),
    ],
)
def test_what_is_found_later_is_not(changes: dict[str, Any], verdict: GateVerdict, why: str) -> None:
    found = excepted(Gate.G4, with_audit(**OVERDUE), with_audit(**{**OVERDUE, **changes}))
    assert (found.verdict, why in found.reason) == (verdict, True)


def test_what_is_left_is_judged_and_the_exception_stays_in_sight() -> None:
    later = with_audit(**OVERDUE, critical_under_way=TOLD)
    found = excepted(Gate.G4, with_audit(**OVERDUE), later, G4="It concerns another line.")
    assert (found.verdict, found.asks) == (JUDGED, (Ask.EVIDENCE,))
    assert found.looked_at[0].startswith("Excepted by EXC-1: the audit of ")
    assert found.looked_at[-1].startswith("judged: audit AUD-6 has told")


def test_a_second_exception_excuses_the_rest() -> None:
    late, later = with_audit(**OVERDUE), with_audit(**OVERDUE, critical_under_way=TOLD)
    first = granted(Gate.G4, kept(not_excused(Gate.G4, late, AT)), days=1)
    with_first = later.model_copy(update={"exceptions": (first,)})
    left = kept(not_excused(Gate.G4, with_first, AT))
    assert ["has told" in each.words for each in left] == [True]
    both = later.model_copy(update={"exceptions": (first, granted(Gate.G4, left))})
    assert not_excused(Gate.G4, both, AT) == []


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({"case_id": None}, {"case_id": "CHG-1"}, EXCEPTED),
        ({"case_id": None}, {"case_id": "CHG-1", "approved": True, "filing": Filing.VARIATION}, NEEDS),
        ({"case_id": None}, {"change_id": "CC-10", "case_id": None}, FAIL),
        ({"case_id": None}, {"case_id": "CHG-1", "rejected_on": TODAY}, FAIL),
        ({"case_id": "CHG-1"}, {"case_id": "CHG-1", "rejected_on": TODAY}, FAIL),
        ({"case_id": "CHG-1", "rejected_on": TODAY}, {"case_id": "CHG-1", "rejected_on": TODAY}, EXCEPTED),
    ],
)
def test_a_change_is_the_same_before_and_after_it_is_notified(
    before: dict[str, Any], after: dict[str, Any], verdict: GateVerdict
) -> None:
    known: dict[str, Any] = {"change_id": "CC-9", "approved": False, "touches_registration": False}
    first, then = (but(changes=(ChangeFacts(**{**known, **each}),)) for each in (before, after))
    assert excepted(Gate.G10, first, then).verdict is verdict


def test_an_inspection_that_comes_later_is_not_excused_with_the_missing_certificate() -> None:
    bare = but(certificates=())
    bad = InspectionFacts(
        scope_id=CLEAN.scopes[0].scope_id,
        case_id="INS-1",
        authority="FIMEA",
        outcome=AuthorityOutcome.NON_COMPLIANT,
        last_day=TODAY,
    )
    found = excepted(Gate.G3, bare, bare.model_copy(update={"inspections": (bad,)}))
    assert (found.verdict, "no valid certificate" in found.reason) == (FAIL, False)


def test_an_older_exception_excuses_what_can_have_been_known_when_it_was_signed() -> None:
    later = with_audit(**OVERDUE, critical_under_way=TOLD)
    old = later.model_copy(update={"exceptions": (granted(Gate.G4, None, days=3),)})
    assert ["has told" in each for each in not_excused(Gate.G4, old, AT)] == [True]
    never = with_audit(last_day=None, due=None).model_copy(update={"exceptions": (granted(Gate.G4, None),)})
    (found,) = (each for each in evaluate(never, {}, AT) if each.gate is Gate.G4)
    assert found.reason.startswith("Excepted by EXC-1, which was asked for before its reasons were kept: ")


@pytest.mark.parametrize(
    ("told", "excused"),
    [
        ({"known_on": TODAY - timedelta(days=4)}, True),
        ({"known_on": TODAY}, False),
        ({"known_on": TODAY, "case_id": "CHG-1"}, False),
        ({"known_on": TODAY - timedelta(days=4), "case_id": "CHG-1", "rejected_on": TODAY}, False),
        ({"known_on": TODAY, "case_id": "CHG-1", "approved": True, "filing": Filing.VARIATION}, False),
        ({"known_on": TODAY, "case_id": "CHG-1", "approved": True, "touches_registration": True}, False),
    ],
)
def test_an_older_exception_excuses_no_change_that_is_told_after_it(told: dict[str, Any], *, excused: bool) -> None:
    changed = but(changes=(ChangeFacts(**{"change_id": "CC-9", **told}),))
    old = changed.model_copy(update={"exceptions": (granted(Gate.G10, None, days=3),)})
    assert (not_excused(Gate.G10, old, AT) == []) is excused


def test_what_two_batches_have_in_common_is_excused_for_both_or_not_at_all() -> None:
    first, second = (Reason("it is late", About(Kind.OVERDUE, "SC-1", "", each)) for each in ("BAT-1", "BAT-2"))
    found = of_all(Found(""), [("B-1", Found("", (), (first,))), ("B-2", Found("", (), (second,)))])
    assert list(found.wrong) == ["B-1, B-2: it is late"]
    for reasons, verdict in (((first,), FAIL), ((first, second), EXCEPTED)):
        assert result(Gate.G4, found, exceptions=(granted(Gate.G4, kept(reasons)),)).verdict is verdict


def test_the_same_words_about_two_scopes_are_two_reasons() -> None:
    reasons = [Reason("it is late", About(Kind.OVERDUE, each, "", "BAT-1")) for each in ("SC-1", "SC-2")]
    found = result(Gate.G4, Found("", (), reasons), exceptions=(granted(Gate.G4, kept(reasons[:1])),))
    assert (found.verdict, found.reason) == (FAIL, "it is late")


def test_nothing_is_asked_about_what_is_excused() -> None:
    reasons = [Reason("no certificate", About(Kind.NO_CERTIFICATE, each, "", "BAT-1")) for each in ("SC-1", "SC-2")]
    asks = frozenset(Needed(Ask.QP_DECLARATION, each) for each in ("SC-1", "SC-2"))
    found = Found("", (), (), reasons, asks=asks)
    left = result(Gate.G3, found, rationale="Why.", exceptions=(granted(Gate.G3, kept(reasons[:1])),))
    assert (left.verdict, left.needed) == (JUDGED, (Needed(Ask.QP_DECLARATION, "SC-2"),))


@pytest.mark.parametrize("gate", sorted(EXCEPTABLE))
def test_whatever_a_gate_that_may_be_excused_finds_of_a_batch_is_known_again(gate: Gate) -> None:
    """But for what the certifier says as the decision is signed: nobody excuses that."""
    flawed = but(
        certificates=(),
        changes=(ChangeFacts(change_id="CC-9", case_id=None, approved=False, touches_registration=False),),
    )
    flawed = flawed.model_copy(update={"audits": with_audit(**OVERDUE, critical_under_way=TOLD).audits})
    origin = Member.model_construct(**{**dict(flawed), "batch_id": "BAT-2", "number": "B-002", "depth": 1})
    found = found_at(gate, flawed.model_copy(update={"ancestors": (origin,)}))
    reasons = [*found.wrong, *found.doubtful]
    assert reasons
    assert all(isinstance(each, Reason) and each.about for each in reasons)


def test_an_exception_of_nothing_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        reasons_kept(filled(ExceptionRequest), [])
    assert refused.value.refusal.fields.keys() == {"gate"}


def test_who_signs_has_read_what_is_excused() -> None:
    reasons = (KeptReason(words="it is late", about=("overdue|SC-1||BAT-1",)),)
    form = filled(ExceptionSignature)
    refuse_unless_seen(form.model_copy(update={"reasons_seen": in_words(reasons)}), in_words(reasons))
    refuse_unless_seen(form.model_copy(update={"approve": False}), in_words(reasons))
    refuse_unless_seen(form, None)
    with pytest.raises(Refused) as refused:
        refuse_unless_seen(form.model_copy(update={"reasons_seen": None}), in_words(reasons))
    assert refused.value.refusal.code is Code.VERSION_STALE


def _audited(audit_id: str, outcome: Recommendation) -> BatchEvidence:
    return with_audit(reports=(REPORT.model_copy(update={"audit_id": audit_id, "recommendation": outcome}),))


def _inspected(case_id: str) -> BatchEvidence:
    bad: dict[str, Any] = {"authority": "FIMEA", "outcome": AuthorityOutcome.NON_COMPLIANT, "last_day": TODAY}
    return but(inspections=(InspectionFacts(scope_id=CLEAN.scopes[0].scope_id, case_id=case_id, **bad),))


def _changed(day: date) -> BatchEvidence:
    return but(changes=(ChangeFacts(change_id="CC-9", case_id="CHG-1", rejected_on=day),))


def _authorised(*stops: int, **changes: Any) -> BatchEvidence:
    said = [{"number": each, "status": "SUSPENDED", "since": TODAY, "stated_at": AT} for each in stops]
    return but(authorisations=(type(AUTHORISED).model_validate({**AUTHORISED.model_dump(), "stops": said, **changes}),))


def _over(*days: date) -> dict[str, Any]:
    """In force until each of these days, and again from the second day after it."""
    begins = [date(2020, 1, 1), *(day + timedelta(days=2) for day in days)]
    return {
        "standing": [
            {"status": "IN_FORCE", "valid_from": first, "valid_to": last}
            for first, last in zip(begins, days, strict=False)
        ]
    }


_BAD, _UNDER = Recommendation.UNACCEPTABLE, Recommendation.CONDITIONAL
_WEEK = timedelta(days=7)
_STOPPED: dict[str, Any] = {"stopped_as": CertificateStatus.SUSPENDED, "is_verified": False}


def _unregistered(ended: date | None = None) -> BatchEvidence:
    """The site's registration with the FDA has ended, or there was none."""
    asks = MarketAsks.model_validate({"papers": [{"type": "FDA_REGISTRATION"}]})
    paper = CERTIFICATE.model_copy(update={"type": CertificateType.FDA_REGISTRATION, "valid_to": ended})
    return but(asks=asks, certificates=(CERTIFICATE, paper) if ended else (CERTIFICATE,))


RECURS: dict[Kind, list[tuple[Gate, BatchEvidence, BatchEvidence]]] = {
    Kind.NO_CERTIFICATE: [
        (Gate.G3, but(certificates=()), with_certificate(valid_to=TODAY - timedelta(days=1))),
        (Gate.G3, but(certificates=()), with_certificate(is_verified=False)),
    ],
    Kind.NO_PAPER: [(Gate.G3, _unregistered(), _unregistered(TODAY - timedelta(days=1)))],
    Kind.INSPECTION: [(Gate.G3, _inspected("INS-1"), _inspected("INS-2"))],
    Kind.STOPPED: [
        (
            Gate.G3,
            with_certificate(**_STOPPED, stopped_on=TODAY - _WEEK),
            with_certificate(**_STOPPED, stopped_on=TODAY - timedelta(days=1)),
        )
    ],
    Kind.UNACCEPTABLE: [(Gate.G4, _audited("AUD-6", _BAD), _audited("AUD-7", _BAD))],
    Kind.CONDITIONS: [(Gate.G4, _audited("AUD-6", _UNDER), _audited("AUD-7", _UNDER))],
    Kind.OVERDUE: [
        (Gate.G4, with_audit(**OVERDUE), with_audit(due=TODAY + _WEEK).model_copy(update={"today": TODAY + 2 * _WEEK}))
    ],
    Kind.CRITICAL: [
        (
            Gate.G4,
            with_audit(critical_under_way=TOLD),
            with_audit(critical_under_way=(TOLD[0].model_copy(update={"times": 2}),)),
        )
    ],
    Kind.NOT_REPORTED: [(Gate.G4, with_audit(unreported=("AUD-6",)), with_audit(unreported=("AUD-7",)))],
    Kind.REJECTED: [(Gate.G10, _changed(TODAY - _WEEK), _changed(TODAY + _WEEK))],
    Kind.NOT_IN_FORCE: [
        (Gate.G10, _authorised(1), _authorised(2)),
        (Gate.G10, _authorised(1), _authorised(1, 2)),
        (Gate.G10, _authorised(**_over(TODAY - _WEEK)), _authorised(**_over(TODAY - _WEEK, TODAY - timedelta(days=1)))),
        (Gate.G10, _authorised(**_over(TODAY - _WEEK)), _authorised(1)),
    ],
}
"""By kind of a reason: the gate, what it finds as the exception is signed, and what of the same kind comes later."""
ONCE: dict[Kind, str] = {
    Kind.NO_CERTIFICATE_ON: "a day of manufacture is one day",
    Kind.NO_PAPER_ON: "a day of manufacture is one day",
    Kind.NEVER_AUDITED: "it ends with the first audit",
    Kind.FIRST_USE: "a change is first used once",
    Kind.VARIATION: "one change has one variation",
    Kind.NOT_ASSESSED: "it ends with the assessment",
    Kind.NOT_APPROVED: "it ends with the approval; what is rejected after it is another reason",
    Kind.NOT_REGISTERED: "what is registered of the days on which it was used",
    Kind.HOLD: "each hold has an id of its own",
}


@pytest.mark.parametrize("kind", Kind)
def test_what_comes_a_second_time_is_never_excused_by_what_was_signed_before(kind: Kind) -> None:
    assert (kind in RECURS) is not (kind in ONCE)
    for gate, before, after in RECURS.get(kind, ()):
        for evidence in (before, after):
            reasons = [each for each in not_excused(gate, evidence, AT) if isinstance(each, Reason)]
            assert kind in {about.kind for each in reasons for about in each.about}
        reasons_before = kept(not_excused(gate, before, AT))
        signed = after.model_copy(update={"exceptions": (granted(gate, reasons_before),)})
        left = [each for each in not_excused(gate, signed, AT) if isinstance(each, Reason)]
        assert kind in {about.kind for each in left for about in each.about}, after
        again = before.model_copy(update={"exceptions": (granted(gate, reasons_before),)})
        assert not_excused(gate, again, AT) == []
