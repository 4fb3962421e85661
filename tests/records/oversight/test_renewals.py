"""A certificate from its request to its verified successor, in the records, and what the oversight sees of it."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import JsonValue

from domain.core.entry import Entry, StartCase
from domain.core.forms import Process
from domain.core.people import SYSTEM
from domain.core.refusals import Code
from domain.site.certificate import CertificateType, Watched
from records.asl.watched_certificates import watched_certificates
from records.core.policies import Policies
from records.core.shown import Reading
from records.core.tables.cases import CaseRow, TaskRow
from records.core.tables.master_data import ScopeRow
from records.site.queries.certificates import certificate_of_case
from records.site.tables import CertificateRow
from tests.records.databases import on_one_database
from tests.records.qualification.test_document import GMP, certificate
from tests.records.qualifying import Qualifying, a_case, a_qualification, refused
from tests.records.rebuilt import is_rebuilt_identically
from tests.records.seeded import START, Seeded

LAST = date(2026, 3, 10)
"""The last day of the certificate of the worked scenario, CERT-1."""
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = MARCH.date()
REQUEST: dict[str, JsonValue] = {"site_id": "VM-02", "scope_id": "SC-1", "certificate_id": "CERT-1"}


async def verified(seeded: Seeded, at: datetime = START, **printed: Any) -> Qualifying:
    """A qualification in which a certificate was accepted, by default the one of the worked scenario."""
    await seeded.upload(by=await seeded.actor("vito"))
    case = await a_qualification(seeded, at=at)
    await case.does("vito", "submit-documents", documents=[certificate(**printed)])
    await case.does("ines", "review-documents")
    return case


async def renewal(seeded: Seeded, by: str = "ines", at: datetime = MARCH, **changes: JsonValue) -> Qualifying:
    return await a_case(seeded, Process.RENEWAL, {**REQUEST, **changes}, by=by, at=at)


async def standing(seeded: Seeded) -> list[tuple[str, str, str | None]]:
    """Id, status and predecessor of each certificate."""
    rows = sorted(await seeded.rows(CertificateRow), key=lambda row: row.serial)
    return [(row.certificate_id, row.status, row.replaces) for row in rows]


async def watched(seeded: Seeded, day: date = DAY) -> tuple[Watched, ...]:
    async with seeded.database.reading() as session:
        policy = await Policies().in_force(session, START)
        return await watched_certificates(session, await session.get_one(ScopeRow, "SC-1"), policy, day)


async def test_the_successor_counts_from_its_verification_and_not_before(seeded: Seeded) -> None:
    await verified(seeded)
    (line,) = await watched(seeded)
    assert line == Watched(
        type=CertificateType.GMP_CERT,
        certificate_id="CERT-1",
        valid_to=LAST,
        valid=True,
        demanded=True,
        renewal_open=False,
    )
    case = await renewal(seeded)
    row = await case.row()
    assert (row.kind, row.trigger, row.shared) == ("GMP_CERT", "SC-1:GMP_CERT", True)
    sent = await case.does("vito", "submit-certificate")
    assert sent.effect["certificate"] == {"certificate_id": "CERT-2", "valid_to": "2030-12-31", "replaces": "CERT-1"}
    (line,) = await watched(seeded)
    assert (line.certificate_id, line.renewal_open) == ("CERT-1", True)  # the reminder of 3 March is sent
    case.passes(days=2)
    judged = await case.does("ines", "verify-certificate")
    assert judged.effect == {"certificate_id": "CERT-2", "counts_for": "API_MFG"}
    await case.closes("VERIFIED")
    assert await standing(seeded) == [("CERT-1", "SUPERSEDED", None), ("CERT-2", "VERIFIED", "CERT-1")]
    (line,) = await watched(seeded, date(2026, 3, 11))
    assert (line.certificate_id, line.valid_to, line.valid, line.renewal_open) == (
        "CERT-2",
        date(2030, 12, 31),
        True,
        False,
    )
    successor = await seeded.row(CertificateRow, "CERT-2")
    assert (successor.case_id, successor.register_checked_by) == (case.case_id, seeded.result.person("ines"))
    await is_rebuilt_identically(seeded.database, "certificates")


@on_one_database
async def test_one_that_is_turned_down_extends_nothing_and_the_line_has_ended_on_its_day(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)
    await case.does("vito", "submit-certificate")
    wrong = {"accept": False, "reason": "It is that of another site."}
    effect = (await case.does("ines", "verify-certificate", **wrong)).effect
    assert effect == {"certificate_id": "CERT-2", "counts_for": None}
    assert await standing(seeded) == [("CERT-1", "VERIFIED", None), ("CERT-2", "REJECTED", "CERT-1")]
    (line,) = await watched(seeded, date(2026, 3, 11))
    assert (line.certificate_id, line.valid) == ("CERT-1", False)


@on_one_database
async def test_one_whose_scope_text_lacks_the_activity_is_accepted_and_takes_nobodys_place(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)
    await case.does("vito", "submit-certificate")
    effect = (await case.does("ines", "verify-certificate", activities_covered=["PACKAGING"])).effect
    assert effect == {"certificate_id": "CERT-2", "counts_for": None}
    await case.closes("SCOPE_PARTIAL")
    assert [status for _, status, _ in await standing(seeded)] == ["VERIFIED", "VERIFIED"]
    assert [line.certificate_id for line in await watched(seeded)] == ["CERT-1"]
    again = await renewal(seeded)
    sent = await again.does("vito", "submit-certificate")
    assert sent.effect["certificate"]["replaces"] == "CERT-1"  # type: ignore[call-overload,index]


async def test_what_is_sent_last_is_judged_and_two_people_send_it_at_once(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)
    prefill = await case.asks("submit-certificate")
    await case.answers("vito", "submit-certificate", prefill)
    stale = await case.asks("verify-certificate")
    await case.answers("vito", "submit-certificate", prefill)
    assert await standing(seeded) == [
        ("CERT-1", "VERIFIED", None),
        ("CERT-2", "SUPERSEDED", "CERT-1"),
        ("CERT-3", "RECEIVED", "CERT-1"),
    ]
    refusal = await refused(case.answers("ines", "verify-certificate", stale))
    assert (refusal.code, set(refusal.fields)) == (Code.VERSION_STALE, {"submission"})
    del case.tasks["verify-certificate"]
    await case.does("ines", "verify-certificate")
    assert (await refused(case.answers("vito", "submit-certificate", prefill))).code is Code.NOT_OPEN
    await is_rebuilt_identically(seeded.database, "certificates")


@on_one_database
async def test_a_site_that_has_none_says_why_and_that_is_no_certificate(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)
    nothing = {"document": None, "certificate": None, "not_available": "The inspection was postponed to May."}
    assert (await case.does("vito", "submit-certificate", **nothing)).effect == {}
    prefill = await case.asks("verify-certificate")
    assert [*prefill] == ["submission"]
    refusal = await refused(case.answers("ines", "verify-certificate", prefill, accept=True))
    assert set(refusal.fields) == {"accept"}
    no: dict[str, Any] = {"accept": False, "reason": "There must be one."}
    effect = (await case.answers("ines", "verify-certificate", prefill, **no)).effect
    assert effect == {"certificate_id": None, "counts_for": None}
    assert await standing(seeded) == [("CERT-1", "VERIFIED", None)]


@on_one_database
async def test_the_site_is_asked_to_answer_before_the_certificate_ends(seeded: Seeded) -> None:
    await verified(seeded)
    days = {
        datetime(2025, 9, 11, 9, tzinfo=UTC): date(2025, 10, 13),  # 30 days later is a Saturday
        MARCH: LAST,
        datetime(2026, 3, 10, 9, tzinfo=UTC): LAST,
        datetime(2026, 3, 16, 9, tzinfo=UTC): date(2026, 4, 15),
    }
    for day, due in days.items():
        case = await renewal(seeded, at=day)
        assert await case.asks("submit-certificate") == {"document": {}, "certificate": {"type": "GMP_CERT"}}
        task = await seeded.row(TaskRow, case.tasks["submit-certificate"])
        assert (task.deadline["policy_key"], task.due_at and task.due_at.date()) == ("doc.response", due)
        await case.closes("WITHDRAWN")


@on_one_database
async def test_one_case_renews_a_line_whoever_asks_for_it(seeded: Seeded) -> None:
    await verified(seeded)
    line = StartCase(process=Process.RENEWAL, form=REQUEST)
    for who in (await seeded.actor("vito"), await seeded.actor("ines"), SYSTEM):
        entry = Entry(stream="", command_id=f"asked by {who.user}", at=MARCH, actor=who, lines=(line,))
        assert (await seeded.journal.write(entry)).started == ("REN-1",)
    (case,) = [row for row in await seeded.rows(CaseRow) if row.process == Process.RENEWAL.value]
    assert [event.type for event in await seeded.events(case.case_id)] == ["renewal.request", *["renewal.merged"] * 2]


@on_one_database
async def test_nobody_renews_what_is_not_theirs_or_does_not_exist(seeded: Seeded) -> None:
    await verified(seeded)
    attempts: list[tuple[str, dict[str, Any], Code, set[str]]] = [
        ("olga", {}, Code.NOT_FOUND, {"site_id"}),
        ("olga", {"site_id": "OB-01", "scope_id": "SC-2"}, Code.RULE_BROKEN, {"certificate_id"}),
        ("ines", {"scope_id": "SC-2"}, Code.RULE_BROKEN, {"scope_ids.0"}),
        ("ines", {"certificate_id": "CERT-9"}, Code.RULE_BROKEN, {"certificate_id"}),
        ("paul", {}, Code.WRONG_ROLE, set()),
        ("wen", {}, Code.WRONG_ROLE, set()),
    ]
    for by, changes, code, fields in attempts:
        refusal = await refused(renewal(seeded, by=by, **changes))
        assert (refusal.code, set(refusal.fields)) == (code, fields), (by, changes)


@on_one_database
async def test_others_neither_send_nor_verify(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)
    await case.does("vito", "submit-certificate")
    for user, action, code in (
        ("ines", "submit-certificate", Code.WRONG_ROLE),
        ("uta", "submit-certificate", Code.WRONG_ROLE),
        ("olga", "submit-certificate", Code.NOT_FOUND),
        ("vito", "verify-certificate", Code.WRONG_ROLE),
        ("priya", "verify-certificate", Code.WRONG_ROLE),
    ):
        assert (await refused(case.does(user, action))).code is code, (user, action)


@on_one_database
async def test_a_requalification_replaces_what_a_renewal_has_verified(seeded: Seeded) -> None:
    qualification = await verified(seeded)
    await qualification.closes("APPROVED")
    case = await renewal(seeded)
    await case.does("vito", "submit-certificate")
    await case.does("ines", "verify-certificate")
    await case.closes("VERIFIED")
    later = await a_qualification(seeded, at=MARCH)
    sent = {
        "key": "gmp_certificate",
        "document": certificate()["document"],
        "certificate": GMP | {"valid_to": "2031-01-01"},
    }
    await later.does("vito", "submit-documents", documents=[sent])
    await later.does("ines", "review-documents")
    assert [status for _, status, _ in await standing(seeded)] == ["SUPERSEDED", "SUPERSEDED", "VERIFIED"]


@on_one_database
async def test_a_renewal_shows_its_certificate_and_to_the_site_not_who_verified_it(seeded: Seeded) -> None:
    await verified(seeded)
    case = await renewal(seeded)

    async def shown(user: str) -> tuple[Any, ...]:
        async with seeded.database.reading() as session:
            row = await session.get_one(CaseRow, case.case_id)
            view = await certificate_of_case(Reading(session, await seeded.actor(user), case.at), row)
        return view.certificate_id, view.status.value, view.scope_confirmed_by

    ines = seeded.result.person("ines")
    assert (await shown("ines"), await shown("vito")) == (("CERT-1", "VERIFIED", ines), ("CERT-1", "VERIFIED", None))
    await case.does("vito", "submit-certificate")
    assert await shown("vito") == ("CERT-2", "RECEIVED", None)
