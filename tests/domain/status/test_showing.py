"""Which records show that an exit criterion is met."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.asl.lifting import Hindrances, critical_to
from domain.audit.capa import CapaStatus
from domain.audit.outcome import Recommendation
from domain.core.forms import Process
from domain.status.reinstatement import ReinstatedStatus, ReinstatementProposal, hindrances_to, refuse_unless_shown
from domain.status.showing import PROCESSES, ShowingCase, fault_of_case, fault_of_certificate
from tests.domain.filling import faults, filled

SINCE = datetime(2026, 12, 1, 9, tzinfo=UTC)
AFTER, BEFORE = SINCE + timedelta(days=9), SINCE - timedelta(days=9)


def case(process: Process, **about: Any) -> ShowingCase:
    return ShowingCase(process=process, is_of_the_scope=about.pop("is_of_the_scope", True), **about)


@pytest.mark.parametrize(
    ("shown", "fault"),
    [
        (None, "is no record of this site and scope"),
        (case(Process.CAPA, is_of_the_scope=False, capa=CapaStatus.VERIFIED), "is no record of this site and scope"),
        (case(Process.BATCH, closed_at=AFTER), "is no record of this site and scope"),
        (case(Process.CAPA, capa=CapaStatus.IMPLEMENTED), "is not verified"),
        (case(Process.CAPA, capa=CapaStatus.INEFFECTIVE, closed_at=AFTER), "is not verified"),
        (case(Process.CAPA, capa=CapaStatus.VERIFIED), None),
        (
            case(Process.CAPA, capa=CapaStatus.EFFECTIVE, closed_at=BEFORE),
            "was concluded before the status was decided",
        ),
        (case(Process.AUDIT), "has no outcome that can be accepted"),
        (case(Process.AUDIT, audit_outcome=Recommendation.UNACCEPTABLE), "has no outcome that can be accepted"),
        (case(Process.AUDIT, audit_outcome=Recommendation.ACCEPTABLE_WITH_CAPA), None),
        (case(Process.RISK), "is not concluded"),
        (case(Process.RISK, closed_at=AFTER, outcome="WITHDRAWN"), "is not concluded"),
        (case(Process.RISK, closed_at=AFTER, outcome="APPROVED"), None),
    ],
)
def test_a_case_shows_it_once_it_is_concluded_for_the_scope(shown: ShowingCase | None, fault: str | None) -> None:
    assert fault_of_case(shown, SINCE) == fault


@pytest.mark.parametrize("process", sorted(Process))
def test_cases_that_look_at_the_site_or_put_something_right_show_it(process: Process) -> None:
    given = {"audit_outcome": Recommendation.ACCEPTABLE, "capa": CapaStatus.EFFECTIVE, "outcome": "APPROVED"}
    assert (fault_of_case(case(process, closed_at=AFTER, **given), SINCE) is None) == (process in PROCESSES)


@pytest.mark.parametrize(
    ("changes", "is_faulty"),
    [
        ({}, False),
        ({"is_of_the_scope": False}, True),
        ({"is_verified": False}, True),
        ({"checked_on": None}, True),
        ({"checked_on": date(2026, 11, 30)}, True),
    ],
)
def test_a_certificate_shows_it_once_it_is_verified_since(changes: dict[str, Any], *, is_faulty: bool) -> None:
    about = {"is_of_the_scope": True, "is_verified": True, "checked_on": SINCE.date(), "since": SINCE, **changes}
    assert (fault_of_certificate(**about) is not None) == is_faulty


def test_each_criterion_names_records_and_each_fault_is_told_where_it_is() -> None:
    shown = [
        {
            "number": number,
            "finding": "Seen.",
            "evidence": [{"document_id": "DOC-1", "sha256": "0" * 64}],
            "shown_by": by,
        }
        for number, by in enumerate([["CAPA-1"], [], ["AUD-1", "CAPA-1"]], 1)
    ]
    proposal = filled(ReinstatementProposal, criteria=shown)
    found = faults(lambda: refuse_unless_shown(proposal, {"CAPA-1": "is not verified"}))
    assert found == {"criteria.0.shown_by.0", "criteria.1.shown_by", "criteria.2.shown_by.1"}


def test_open_and_unacceptable_audits_keep_a_suspension_whoever_lifts_it() -> None:
    found = Hindrances(open_audits=("AUD-3",), unacceptable_audit="AUD-2")
    assert critical_to(found) == {
        "audits": "AUD-3 for cause is open; AUD-2, the last one, has come to UNACCEPTABLE; another one follows"
    }
    assert critical_to(Hindrances(impact_not_assessed=True, unreviewed_batches=("BAT-1",))) == {}
    lifted = Hindrances(impact_not_assessed=True, unreviewed_batches=("BAT-1",))
    assert set(hindrances_to(ReinstatedStatus.PROBATION, lifted, criteria=True)) == {"impact", "batches"}
