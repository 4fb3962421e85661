"""The policy that comes with the program holds section 9; a policy with a mistake is refused, never half read."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from domain.core.clocks import Level, Roll, deadline
from domain.core.days import Calendar, Span
from domain.core.people import CDMO_ROLES, NEVER_SIGN, Org, Role
from domain.core.refusals import Code, Refused
from domain.policy.policy import Change, Policy, changes, load
from domain.policy.supplement import supplemented

TEXT = (Path(__file__).parents[3] / "policy" / "default.yaml").read_text()
POLICY = load(TEXT)
SITE = Calendar(calendar_id="c", tz="UTC")


def edited(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


# ---------------------------------------------------------------- section 9


@pytest.mark.parametrize(
    ("key", "span"),
    [
        ("sq.response", "30d"),
        ("sq.review", "10bd"),
        ("doc.review", "10bd"),
        ("clarify.response", "10bd"),
        ("fc.decision", "1bd"),
        ("event.triage", "1bd"),
        ("audit.plan", "5bd"),
        ("audit.plan.approve", "5bd"),
        ("audit.team", "5bd"),
        ("audit.declare", "2bd"),
        ("audit.notice", "5bd"),
        ("audit.confirm", "10bd"),
        ("audit.confirm.for_cause", "1bd"),
        ("audit.counter", "3bd"),
        ("audit.critical_notify", "0d"),
        ("audit.suspension_decision", "1bd"),
        ("audit.abort_decision", "1bd"),
        ("audit.containment", "3bd"),
        ("audit.report.qualification", "30d"),
        ("audit.report.scheduled", "30d"),
        ("audit.report.for_cause", "10bd"),
        ("audit.report.follow_up", "30d"),
        ("audit.report.review", "5bd"),
        ("audit.report.approve", "5bd"),
        ("audit.outcome_exception", "2bd"),
        ("audit.report.receipt", "5bd"),
        ("audit.response.qualification", "30d"),
        ("audit.response.scheduled", "30d"),
        ("audit.response.for_cause", "15bd"),
        ("audit.response.follow_up", "30d"),
        ("audit.response.rework", "5bd"),
        ("response.review", "10bd"),
        ("response.decide", "5bd"),
        ("audit.council", "10bd"),
        ("audit.dispute.decide", "10bd"),
        ("audit.close", "10bd"),
        ("audit.waiver.decide", "5bd"),
        ("scar.response", "30d"),
        ("capa.plan", "10bd"),
        ("capa.plan.decide", "10bd"),
        ("capa.due.critical", "30d"),
        ("capa.due.major", "90d"),
        ("capa.due.other", "180d"),
        ("capa.verify", "10bd"),
        ("capa.effectiveness", "90d"),
        ("capa.effectiveness.check", "10bd"),
        ("requal.grace", "60d"),
        ("qta.review", "24mo"),
        ("qta.hard_stop", "36mo"),
        ("oos.notify", "1bd"),
        ("crit_dev.notify", "0d"),
        ("major_dev.notify", "2bd"),
        ("oos.close", "30d"),
        ("dev.close", "30d"),
        ("inspection.notify", "1bd"),
        ("inspection.outcome", "3bd"),
        ("inspection.answer.form_483", "15bd"),
        ("inspection.answer.warning_letter", "15bd"),
        ("change.decide", "30d"),
        ("ownership.notify", "5bd"),
        ("ownership.rescore", "10bd"),
        ("batch.package", "5bd"),
        ("batch.record", "2bd"),
        ("batch.review", "10bd"),
        ("hold.review", "5bd"),
        ("hold.review.again", "10bd"),
        ("hold.long", "30d"),
        ("suspend.impact", "3bd"),
        ("far.assess", "3bd"),
        ("tx.response", "10bd"),
        ("tx.review", "5bd"),
        ("tx.escalated", "10bd"),
    ],
)
def test_each_clock_of_section_9_has_its_default(key: str, span: str) -> None:
    assert POLICY.clock(key).span == Span.of(span)


@pytest.mark.parametrize(
    ("key", "ladder"),
    [
        ("sq.response", "-14d L0, -7d L0, -1d L0, 1bd L1, 5bd L1, 10bd L2, 20bd L3"),
        ("sq.review", "5bd L2"),
        ("audit.confirm", "-1d L0, 3bd L2, 5bd L3"),
        ("audit.report.for_cause", "-7d L0, 1bd L2, 15bd L3"),
        ("audit.response.scheduled", "-7d L0, -1d L0, 1bd L1, 10bd L3 PROBATION, 20bd L3 SUSPEND"),
        ("scar.response", "-7d L0, -1d L0, 1bd L1, 10bd L3 PROBATION, 20bd L3 SUSPEND"),
        ("response.review", "5bd L2"),
        ("capa.due.major", "-14d L0, -7d L0, 7d L1 every 7d, 31d L3 PROBATION"),
        ("qta.review", "-90d L0, -30d L1, 0h L2"),
        ("oos.close", "-7d L0, 7d L1 every 7d"),
        ("batch.package", "-1bd L0, 1bd L1, 3bd L2"),
        ("batch.review", "-2bd L0, 1bd L1, 5bd L3"),
        ("audit.confirm.for_cause", "0h L2, 1bd L3 SUSPEND"),
        ("hold.long", "0h L3"),
    ],
)
def test_a_clock_has_the_ladder_of_section_9(key: str, ladder: str) -> None:
    told = [
        " ".join(filter(None, [str(rung.at), rung.level, f"every {rung.every}" if rung.every else None, rung.proposes]))
        for rung in POLICY.clock(key).rungs
    ]
    assert ", ".join(told) == ladder


def test_the_questionnaire_of_the_worked_scenario_reminds_and_escalates_on_its_dates() -> None:
    sent = datetime(2025, 1, 15, 10, tzinfo=UTC)
    running = deadline(
        "sq.response",
        POLICY.clock("sq.response"),
        policy_version=POLICY.version,
        start_event_id="EVT-1",
        started_at=sent,
        calendar=SITE,
    )
    rung_days = [rung.at.date() for rung in running.rungs]
    assert running.due_at == datetime(2025, 2, 14, 23, 59, 59, tzinfo=UTC)
    assert rung_days[:4] == [date(2025, 1, 31), date(2025, 2, 7), date(2025, 2, 13), date(2025, 2, 17)]
    assert (running.policy_key, running.policy_version) == ("sq.response", 1)


def test_the_certificate_of_the_worked_scenario_is_announced_on_its_dates() -> None:
    last = date(2026, 3, 10)
    assert [last - timedelta(days=n) for n in POLICY.limits.certificate_reminders] == [
        date(2025, 9, 11),
        date(2025, 12, 10),
        date(2026, 1, 9),
        date(2026, 2, 8),
        date(2026, 2, 24),
        date(2026, 3, 3),
    ]


def test_limits_hold_the_numbers_that_are_no_clocks() -> None:
    limits = POLICY.limits
    assert limits.audit_interval_months == {"CRITICAL": 12, "HIGH": 24, "MEDIUM": 36, "LOW": 60}
    assert limits.audit_interval_months_api_for_eu == 36
    assert (limits.audit_reschedules_max, str(limits.audit_slip_max), str(limits.audit_interval_grace)) == (
        2,
        "90d",
        "90d",
    )
    assert (str(limits.audit_notice_scheduled), str(limits.audit_notice_for_cause), str(limits.audit_agenda)) == (
        "30d",
        "2bd",
        "10bd",
    )
    assert (limits.extensions, limits.rework_loops_max, limits.clarification_loops_max) == (2, 3, 2)
    assert (limits.exchange_rounds_max, limits.exchange_steering_note_round) == (5, 4)
    assert (limits.wrong_passwords_max, limits.signature_token_minutes, str(limits.role_cool_off)) == (3, 5, "24h")
    assert (str(limits.waiver_max), str(limits.dispute_window), str(limits.auditor_independence)) == (
        "12mo",
        "10bd",
        "24mo",
    )
    assert limits.risk_weights["product_criticality"] == 25


@pytest.mark.parametrize("severity", ["CRITICAL", "MAJOR", "OTHER"])
def test_the_latest_capa_date_is_the_span_of_its_clock(severity: str) -> None:
    assert POLICY.limits.capa_due_max[severity] == POLICY.clock(f"capa.due.{severity.lower()}").span


def test_the_effectiveness_window_is_the_span_of_its_clock() -> None:
    window = POLICY.clock("capa.effectiveness").span
    assert POLICY.limits.effectiveness_window == {"CRITICAL": window, "MAJOR": window}


def test_the_activities_of_a_quality_agreement_are_shared_out() -> None:
    keys = [activity.key for activity in POLICY.agreement_activities]
    assert len(keys) >= 30
    assert {"oos_phase_1", "oos_phase_2", "final_release", "subcontracting", "data_integrity", "recall"} <= set(keys)


def test_a_policy_from_before_agreements_were_kept_is_read() -> None:
    old = POLICY.model_dump(mode="json", exclude={"agreement_activities": True, "limits": {"change_tiers"}})
    assert load(json.dumps(old)).agreement_activities == ()
    assert load(json.dumps(old)).limits.change_tiers == POLICY.limits.change_tiers


# ---------------------------------------------------------------- every clock


@pytest.mark.parametrize("key", sorted(POLICY.clocks))
def test_every_clock_runs_and_every_step_reaches_somebody(key: str) -> None:
    rule = POLICY.clock(key)
    started = datetime(2026, 5, 4, 10, tzinfo=UTC)
    running = deadline(key, rule, policy_version=1, start_event_id="E", started_at=started, calendar=SITE)
    assert running.due_at >= started
    assert len({running.due_at} | {rung.at for rung in running.rungs}) == 1 + len(rule.rungs)
    for rung in rule.rungs:
        level = POLICY.escalation[rung.level]
        for recipients in (level.sponsor, level.cdmo):
            roles = rung.to or recipients.roles
            assert roles or recipients.actor or recipients.manager
            assert not NEVER_SIGN.intersection(roles)
        assert rung.says


@pytest.mark.parametrize("key", sorted(POLICY.clocks))
def test_every_clock_says_in_one_sentence_what_happens_if_nobody_acts(key: str) -> None:
    otherwise = POLICY.clock(key).otherwise
    assert otherwise[0].isupper()
    assert otherwise.endswith(".")
    assert otherwise.count(".") == 1


@pytest.mark.parametrize("key", sorted(POLICY.clocks))
def test_only_critical_clocks_are_to_be_acknowledged_in_hours(key: str) -> None:
    rule = POLICY.clock(key)
    assert str(rule.acknowledge_within) == ("4h" if rule.critical else "1bd")


def test_steps_propose_only_what_a_person_can_decide() -> None:
    proposals = {rung.proposes for rule in POLICY.clocks.values() for rung in rule.rungs}
    assert proposals == {None, "PROBATION", "SUSPEND"}


def test_only_clocks_of_a_validity_or_of_the_same_day_do_not_roll() -> None:
    assert {key for key, rule in POLICY.clocks.items() if rule.roll is Roll.NONE} == {
        "qualification.condition",
        "qta.review",
        "qta.hard_stop",
        "audit.critical_notify",
        "requal.decide",
        "requal.grace",
        "crit_dev.notify",
        "hold.long",
    }


# ---------------------------------------------------------------- recipients


@pytest.mark.parametrize(
    ("level", "org", "batch", "roles"),
    [
        (Level.L0, Org.SPONSOR, False, set()),
        (Level.L1, Org.SPONSOR, False, set()),
        (Level.L1, Org.CDMO, False, {Role.CDMO_QA, Role.CDMO_PM}),
        (Level.L2, Org.SPONSOR, False, {Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        (Level.L2, Org.THIRD_PARTY, False, {Role.SUPPLIER_QUALITY, Role.QA_APPROVER}),
        (Level.L2, Org.CDMO, False, {Role.SUPPLIER_QUALITY, Role.QA_APPROVER, Role.CDMO_QU_HEAD}),
        (Level.L3, Org.SPONSOR, False, {Role.HEAD_QA}),
        (Level.L3, Org.SPONSOR, True, {Role.HEAD_QA, Role.QP}),
        (Level.L3, Org.CDMO, True, {Role.HEAD_QA, Role.CDMO_SITE_HEAD, Role.QP}),
        (Level.L4, Org.CDMO, False, {Role.HEAD_QA, Role.EXECUTIVE_SPONSOR}),
    ],
)
def test_a_level_tells_the_roles_of_the_ladder(
    level: Level,
    org: Org,
    batch: bool,  # noqa: FBT001
    roles: set[Role],
) -> None:
    assert POLICY.recipients(level, org=org, batch=batch) == roles


def test_the_late_person_and_the_manager_are_told_at_the_first_levels_only() -> None:
    told = {level: (rung.sponsor.actor, rung.sponsor.manager) for level, rung in POLICY.escalation.items()}
    assert told == {
        Level.L0: (True, False),
        Level.L1: (True, True),
        Level.L2: (False, False),
        Level.L3: (False, False),
        Level.L4: (False, False),
    }


@pytest.mark.parametrize("level", list(Level))
def test_a_late_sponsor_is_never_reported_to_the_site(level: Level) -> None:
    assert not POLICY.recipients(level, org=Org.SPONSOR, batch=True) & CDMO_ROLES


# ---------------------------------------------------------------- reading


def test_an_unknown_clock_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        POLICY.clock("audit.reprot")
    assert refused.value.refusal.code is Code.NOT_FOUND
    assert "audit.reprot" in refused.value.refusal.message


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("  extensions: 2", "  extension: 2", "limits.extension"),
        ("  extensions: 2", "  extensions: 0", "limits.extensions"),
        ("    span: 5bd\n", "    span: 5 bd\n", "clocks.qualification.screening.span"),
        ("    span: 5bd\n", "    spam: 5bd\n", "clocks.qualification.screening.spam"),
        ("to: [HEAD_QA]", "to: [HEADQA]", "clocks.sq.response.rungs.6.to.0"),
        ("to: [HEAD_QA]", "to: []", "clocks.sq.response.rungs.6.to"),
        ("level: L0, at: -1bd", "level: L9, at: -1bd", "clocks.qualification.screening.rungs.0.level"),
        ("    product_criticality: 25", "    product_criticality: 26", "limits.risk_weights"),
        ("{CRITICAL: 12, HIGH: 24,", "{CRITICAL: 12, HIHG: 24,", "limits.audit_interval_months"),
        ("[180, 90, 60,", "[180, 60, 90,", "limits.certificate_reminders"),
        ("waiver_max: 12mo", "waiver_max: -12mo", "limits.waiver_max"),
        ("effective_from: 2020-01-01T00:00:00Z", "effective_from: 2020-01-01T00:00:00", "effective_from"),
        ("scorecard_green_from: 85", "scorecard_green_from: 60", "policy"),
        ("{CRITICAL: 70, HIGH: 55,", "{CRITICAL: 50, HIGH: 55,", "policy"),
        ("  L4:", "  L5:", "escalation.L5.[key]"),
        ("key: recall,", "key: complaints,", "agreement_activities"),
        ("sponsor: [R, A], cdmo: [C]}", "sponsor: [R, A], cdmo: []}", "agreement_activities.0"),
        ("sponsor: [R, A], cdmo: [C]}", "sponsor: [R, A], cdmo: [A]}", "agreement_activities.0"),
        ("    ADMIN: NOTIFY", "    ADMIN: TELL", "limits.change_tiers.ADMIN"),
        ("    ADMIN: NOTIFY\n", "", "limits.change_tiers"),
        ("  sq.review:", "  SQ review:", "clocks.SQ review.[key]"),
        ("effective_from: 2020-01-01T00:00:00Z", "effective_from: 2020-02-30T00:00:00Z", "text"),
    ],
)
def test_a_mistake_in_a_policy_is_refused_at_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        load(edited(old, new))
    assert refused.value.refusal.code is Code.FORM_INVALID
    assert place in refused.value.refusal.fields


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("  sq.review:", "  sq.response:", "sq.response appears twice"),
        ("  sq.review:", "   sq.review:", "expected <block end>, but found '<block mapping start>'"),
    ],
)
def test_a_mistake_in_the_yaml_is_refused_at_its_line(old: str, new: str, problem: str) -> None:
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    with pytest.raises(Refused) as refused:
        load(edited(old, new))
    assert refused.value.refusal.fields == {f"line {line}": problem}


@pytest.mark.parametrize("text", ["", "version: 1", "- 1", "nonsense", "\x00", "!!python/object/apply:os.getcwd []"])
def test_a_text_that_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        load(text)
    assert refused.value.refusal.code is Code.FORM_INVALID


def test_a_policy_can_be_written_as_json_and_read_back() -> None:
    assert load(POLICY.model_dump_json()) == POLICY


# ---------------------------------------------------------------- changing


def test_the_change_record_names_every_difference_and_nothing_else() -> None:
    text = edited("  audit.report.scheduled:  # last audit day; contract clause 30 d [V17]\n    span: 30d",
                  "  audit.report.scheduled:\n    span: 20d")  # fmt: skip
    text = text.replace("version: 1\n", "version: 2\n", 1).replace("2020-01-01T", "2026-03-20T", 1)
    text = text.replace("[180, 90, 60, 30, 14, 7]", "[180, 90]", 1)
    assert changes(POLICY, load(text)) == [
        Change(key="clocks.audit.report.scheduled.span", old="30d", new="20d"),
        Change(key="effective_from", old="2020-01-01T00:00:00Z", new="2026-03-20T00:00:00Z"),
        Change(key="limits.certificate_reminders", old=[180, 90, 60, 30, 14, 7], new=[180, 90]),
    ]


def test_a_removed_step_is_a_change_of_each_of_its_values() -> None:
    text = edited("      - {level: L2, at: +5bd, says: Review overdue for a week}\n", "      []\n")
    found = {change.key: (change.old, change.new) for change in changes(POLICY, load(text))}
    assert found["clocks.response.review.rungs[1].at"] == ("5bd", None)


def test_a_policy_does_not_differ_from_itself() -> None:
    assert changes(POLICY, POLICY) == []


@pytest.mark.parametrize(
    ("key", "last_day", "old", "new"),
    [
        ("audit.report.scheduled", date(2026, 3, 12), date(2026, 4, 13), date(2026, 4, 1)),
        ("audit.report.for_cause", date(2026, 5, 6), date(2026, 5, 20), date(2026, 5, 20)),
        ("audit.report.follow_up", date(2026, 7, 7), date(2026, 8, 6), date(2026, 7, 27)),
    ],
)
def test_the_policy_change_of_the_worked_scenario_gives_later_audits_their_new_date(
    key: str, last_day: date, old: date, new: date
) -> None:
    clause = "  # last audit day; contract clause 30 d [V17]\n    span: "
    text = TEXT
    for changed in ("scheduled", "follow_up"):
        text = text.replace(f"{changed}:{clause}30d", f"{changed}:{clause}20d", 1)
    started = datetime.combine(last_day, time(17), UTC)
    due = [
        deadline(key, policy.clock(key), policy_version=1, start_event_id="E", started_at=started, calendar=SITE).due_at
        for policy in (POLICY, load(text))
    ]
    assert [at.date() for at in due] == [old, new]


# ---------------------------------------------------------------- sections that an older policy does not know

_NOW = datetime(2026, 3, 20, tzinfo=UTC)
_OLDER = POLICY.model_copy(update={"required_documents": (), "version": 3})


@pytest.mark.parametrize("begins", [_NOW - timedelta(days=9), _NOW + timedelta(days=9)])
def test_an_older_policy_gets_the_sections_it_does_not_know(begins: datetime) -> None:
    older = _OLDER.model_copy(update={"effective_from": begins})
    newer = supplemented(older.model_dump(mode="json"), POLICY, version=4, at=_NOW)
    assert newer is not None
    assert (newer.version, newer.effective_from) == (4, max(begins, _NOW))
    assert [change.key for change in changes(older, newer) if not change.key.startswith("required_documents")] == (
        ["effective_from"] if begins < _NOW else []
    )
    assert newer.required_documents == POLICY.required_documents


@pytest.mark.parametrize("shipped", [POLICY, _OLDER])
def test_a_policy_that_lacks_nothing_is_left_alone(shipped: Policy) -> None:
    mine = POLICY.model_copy(update={"required_documents": POLICY.required_documents[:1]})
    assert supplemented(mine.model_dump(mode="json"), shipped, version=2, at=_NOW) is None


def test_a_policy_of_the_time_before_a_section_can_still_be_read() -> None:
    stored = POLICY.model_dump(mode="json", exclude={"required_documents"})
    del stored["limits"]["gmp_certificate_years"], stored["limits"]["risk_unanswered_maturity"]
    policy = Policy.model_validate(stored)
    assert (policy.required_documents, policy.limits) == ((), POLICY.limits)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("{key: smf,", "{key: SMF,", "required_documents.0.key"),
        ("{key: smf,", "{key: mia,", "required_documents"),
        ("certificate: WDA", "certificate: WDB", "required_documents.3.certificate"),
        ("stages: [COMMERCIAL]", "stages: [COMERCIAL]", "required_documents.4.stages.0"),
    ],
)
def test_a_mistake_in_the_required_documents_is_refused_at_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        load(edited(old, new))
    assert place in refused.value.refusal.fields
