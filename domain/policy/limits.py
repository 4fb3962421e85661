"""The limits of a policy: its numbers that are not running clocks (domain specification, sections 3 and 9)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.core.days import Span, Unit
from domain.core.rounding import Rounding
from domain.policy.change_tier import ChangeCategory, ChangeTiers, usual_tiers
from domain.policy.rejection_grounds import USUALLY_SUSPENDING, Grounds
from domain.policy.scorecard_scale import MetricKey, Scale, usual_scales, usual_weights

_V = TypeVar("_V")

Count = Annotated[int, Field(ge=1)]
Percent = Annotated[int, Field(ge=0, le=100)]


def _exactly(*names: str) -> Callable[[dict[str, _V]], dict[str, _V]]:
    def check(table: dict[str, _V]) -> dict[str, _V]:
        if set(table) != set(names):
            raise ValueError(f"Give a value for each of {', '.join(names)} and for nothing else.")
        return table

    return check


def _with_others(table: dict[str, _V]) -> dict[str, _V]:
    if "OTHER" not in table:
        raise ValueError("Give a value for OTHER: for all markets that have none of their own.")
    return table


def _in_days(table: dict[str, Span]) -> dict[str, Span]:
    if any(span.unit not in (Unit.CALENDAR_DAYS, Unit.MONTHS) for span in table.values()):
        raise ValueError("Life is counted in days or months: write d or mo.")
    return table


def one_in_days(span: Span) -> Span:
    """A span of days or months. Raises `ValueError` for another one."""
    return _in_days({"": span})[""]


def _adds_up(weights: dict[str, int]) -> dict[str, int]:
    if sum(weights.values()) != 100:
        raise ValueError("The weights must add up to 100 %.")
    return weights


def _descending(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(set(days), reverse=True):
        raise ValueError("List each number once, the largest first.")
    return days


def _forward(span: Span) -> Span:
    if span.n < 0:
        raise ValueError("A limit is counted forward; leave out the minus.")
    return span


Limit = Annotated[Span, AfterValidator(_forward)]
DaysBefore = Annotated[tuple[Annotated[int, Field(ge=0)], ...], AfterValidator(_descending)]
MonthsByTier = Annotated[dict[str, Count], AfterValidator(_exactly("CRITICAL", "HIGH", "MEDIUM", "LOW"))]


class Part(BaseModel):
    """Part of a policy. A misspelt name is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Limits(Part):
    """Numbers that are not running clocks. Tables are keyed by the values of the field's own enum (`CRITICAL`)."""

    # every process
    extensions: Count
    """Most extensions of one due date (section 3)."""
    client_clock_ahead_minutes: Count
    """How far a client's `occurred_at` may lie in the future before it is refused."""

    # qualification (section 4)
    clarification_loops_max: Count
    """Rounds of clarification of one questionnaire."""
    conditional_approval_max: Limit
    """Longest conditional approval."""
    conditional_renewals_max: Count
    """Renewals of one conditional approval."""
    requalification_interval: Limit = Span.of("36mo")
    """Longest time from a decision to the next requalification."""
    risk_weights: Annotated[
        dict[str, Percent],
        AfterValidator(
            _exactly(
                "product_criticality",
                "regulatory_history",
                "process_complexity",
                "quality_system_maturity",
                "past_performance",
                "supply_availability",
                "supply_chain",
            )
        ),
        AfterValidator(_adds_up),
    ]
    """Weight of each factor of the risk score in %."""
    risk_tier_from: Annotated[dict[str, Percent], AfterValidator(_exactly("CRITICAL", "HIGH", "MEDIUM"))]
    """Lowest score of each tier; below MEDIUM is LOW."""
    risk_unknown_performance: Annotated[int, Field(ge=1, le=5)]
    """Factor score of a past performance that is not known."""
    tier_lowering_signatures: Count
    """Persons who sign when a tier is lowered."""
    screening_check_age_max: Limit = Span(n=30, unit=Unit.CALENDAR_DAYS)
    """Age in days beyond which a look into a register no longer counts."""
    risk_unanswered_maturity: Annotated[int, Field(ge=1, le=5)] = 4
    """Least factor score of the quality system of a site that did not answer the questionnaire (section 10)."""
    gmp_certificate_years: Count = 3
    """Years from the inspection for which a GMP certificate is trusted that prints no last day."""

    # oversight (section 5)
    certificate_reminders: DaysBefore
    """Days before `valid_to` on which the end of a certificate or of the last appointment for a market is announced."""
    scorecard_green_from: Percent
    """Lowest GREEN score."""
    scorecard_amber_from: Percent
    """Lowest AMBER score; below is RED."""
    scorecard_batches_min: Count
    """Batches in a period below which a score is INSUFFICIENT_DATA."""
    scorecard_delivery_weight_max: Percent
    """Largest weight of delivery on time in %."""
    scorecard_weights: Annotated[dict[str, Percent], AfterValidator(_exactly(*MetricKey)), AfterValidator(_adds_up)] = (
        Field(default_factory=usual_weights)
    )
    """Weight of each metric of the scorecard in %."""
    scorecard_scales: Annotated[dict[str, Scale], AfterValidator(_exactly(*MetricKey))] = Field(
        default_factory=usual_scales
    )
    """The values of each metric that score 100 and 0; in between the score is linear."""
    scorecard_trend_points: Count = 5
    """Points by which a score differs from the one before if it is to count as improving or worsening."""
    amber_quarters_to_probation: Count
    """AMBER quarters in a row that lead to a PROBATION proposal."""
    capa_late_to_probation: Limit
    """Lateness of a CAPA that leads to a PROBATION proposal."""
    requalification_opens_before: Limit
    """Requalification opens this long before `next_requal_due`."""
    ownership_conditional_max: Limit
    """Longest carried-over status after a change of ownership (section 10)."""
    change_notice_approval: Limit
    """A change of tier APPROVAL is announced this long before its first use."""
    inspection_draft_before_filing: Limit
    """The draft answer to an authority is shared this long before it is filed."""

    # audits (sections 6, 9, 10)
    audit_interval_months: MonthsByTier
    """Months between full-scope audits by risk tier, from the last on-site day."""
    audit_interval_months_api_for_eu: Count
    """The same for API made for the EU, whatever the tier; the shorter of both holds."""
    audit_interval_grace: Limit
    """After a missed interval: last date of a rescheduled audit, and end of new orders (AUDIT_OVERDUE)."""
    gate_audit_overdue_max: Limit
    """Overdue audit that a QP may justify at gate G4."""
    audit_person_days: Annotated[dict[str, Count], AfterValidator(_exactly("CRITICAL", "HIGH", "MEDIUM", "LOW"))] = (
        Field(default_factory=lambda: {"CRITICAL": 6, "HIGH": 5, "MEDIUM": 4, "LOW": 2})
    )
    """Person-days that the annual programme plans for an audit, by risk tier."""
    auditor_days_per_year: Count = 60
    """Days in a year on which an auditor can be on audits."""
    audit_opens_before: Limit
    """Planning of the next audit opens this long before it is due."""
    audit_due_reminders: DaysBefore
    """Days before the interval ends on which this is announced."""
    audit_notice_scheduled: Limit
    """Shortest notice of an audit that is not for cause."""
    audit_notice_for_cause: Limit
    """Shortest notice of a for-cause audit; the quality agreement may set it to 0."""
    audit_agenda: Limit
    """The agenda is sent this long before the audit (for-cause: with the notice)."""
    audit_host_window: Limit
    """A for-cause audit takes place within this time after the notice."""
    audit_reschedules_max: Count
    """Reschedulings of one audit by each side."""
    audit_slip_max: Limit
    """Largest sum of all reschedulings."""
    audit_one_day_hours_min: Count
    """Hours on site below which a one-day audit needs a justification."""
    majors_for_conditional: Count
    """MAJOR findings from which on the outcome is CONDITIONAL."""
    dispute_window: Limit
    """A finding may be disputed this long after the report."""
    rework_loops_max: Count
    """Rework rounds of a response before the quality council decides."""
    waiver_max: Limit
    """Longest waiver of an audit."""
    waivers_in_a_row_max: Count
    """Waivers of one site and scope one after the other."""
    auditor_independence: Limit
    """No work at the site within this time (S13)."""
    capa_due_max: Annotated[dict[str, Limit], AfterValidator(_exactly("CRITICAL", "MAJOR", "OTHER"))]
    """Latest due date of a CAPA after its acceptance, by severity."""
    effectiveness_window: Annotated[dict[str, Limit], AfterValidator(_exactly("CRITICAL", "MAJOR"))]
    """Time after implementation until effectiveness is checked, by severity; the others need no check."""

    # technical exchange (section 7)
    exchange_rounds_max: Count
    """Rounds before an exchange is ESCALATED."""
    exchange_steering_note_round: Count
    """Round at whose opening the steering pair gets a note."""

    # analysis (section 8, gate G9)
    result_rounding: Rounding = Rounding.ROUND_TO_LIMIT
    """Whether results are rounded to the decimals of the limit before they are compared (USP 7.20)."""
    own_testing_difference_max_percent: Percent = 5
    """Largest difference between the sponsor's own result and the certificate, in %."""
    own_testing_interval: Limit = Span.of("12mo")
    """Longest time between own testings of a scope, by which certificates are relied on (21 CFR 211.84(d)(2))."""
    sibling_period: Limit = Span.of("30d")
    """Batches of the site made within this time of a batch are looked at with it (21 CFR 211.192)."""
    # delivery of batches (section 8, gate G12)
    logger_gap_max_minutes: Count = 60
    """Minutes between two readings of a logger beyond which the transport is not shown."""
    receipt_difference_max_percent: Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2)] = Decimal(
        "0.5"
    )
    """Difference in % between what was dispatched and what has arrived that needs no explanation."""
    # batches (sections 8 and 17)
    remaining_life_min: Annotated[dict[str, Limit], AfterValidator(_with_others), AfterValidator(_in_days)] = Field(
        default_factory=lambda: {"OTHER": Span.of("0d")}
    )
    """Life that goods must still have on the planned day of their arrival, where the row of their market does not say
    it: by market, and OTHER for all others."""
    samples_after_expiry: Limit = Span.of("12mo")
    """Samples are kept this long after the last day of use (EU GMP Annex 19; ICH Q7 11.71) ..."""
    samples_after_distribution: Limit = Span.of("36mo")
    """... or this long after the last dispatch, where that is later (ICH Q7 11.71)."""
    retest_window: Annotated[Limit, AfterValidator(one_in_days)] = Span.of("30d")
    """How long a batch may be used after a passing retest, from its last day of testing (section 17)."""
    batch_watch_after_expiry: Limit = Span.of("0d")
    """A released batch is watched this long after the end of its shelf life: what is learned then is reviewed."""
    batch_watch_after_retest: Limit = Span.of("60mo")
    """A released batch that has a day of retest and no end of its shelf life is watched this long after that day."""
    suspending_grounds: Grounds = USUALLY_SUSPENDING
    """Grounds on which a rejection, or a release taken back, in one market stops the batch in every market until its
    decider and the head of quality have judged (section 18)."""

    # quality agreement (section 4)
    change_tiers: Annotated[ChangeTiers, AfterValidator(_exactly(*ChangeCategory))] = Field(default_factory=usual_tiers)
    """Whether the sponsor approves a change of a category or is told; where an agreement starts from."""
    post_termination_access_years: Count = 5
    """Years of access to records after an agreement has ended; where an agreement starts from."""

    # records (section 12)
    retention_after_expiry: Limit
    """Batch documents are kept this long after expiry (EU GMP Ch. 4) ..."""
    retention_after_certification: Limit
    """... or this long after certification, whichever is longer."""

    # people and access (section 11; 21 CFR 11.10, 11.300)
    role_cool_off: Limit
    """Nobody approves under a role that was changed within this time (S10)."""
    wrong_passwords_max: Count
    """Wrong passwords in a row after which the account is locked."""
    lock_out_minutes: Count
    """How long it stays locked."""
    signature_token_minutes: Count
    """Life of a one-time signature token."""
    access_token_minutes: Count
    """Life of a bearer token."""
    upload_max_mib: Count
    """Largest document in MiB."""
