"""Changing the policy: a new version, signed, that moves no running clock (domain specification, section 3)."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from domain.core.days import Unit
from domain.core.forms import Action, Form, Forms, Meaning
from domain.core.people import Role
from domain.core.record_kinds import RecordKind
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Text
from domain.policy.policy import Policy

POLICY = "POLICY"
"""The one record that all versions of the policy are versions of; also the stream of its events."""

IN_DAYS = ("requal.grace", "requal.decide", "qta.review", "qta.hard_stop")
"""Clocks of days on which nobody has a task: they are counted from days, not from instants."""
LIMITS_IN_DAYS = (
    "audit_interval_grace",
    "audit_opens_before",
    "conditional_approval_max",
    "requalification_interval",
    "requalification_opens_before",
)


class PolicyChange(Form):
    """Put a new version of the policy in force. Running clocks keep the due dates they have."""

    action = Action(None, "change-policy", "Change the policy", frozenset({Role.HEAD_QA}), meaning=Meaning.APPROVED)

    policy: Policy
    """The whole policy as it shall be, made from the newest version. Its `version` names that version; the new one
    counts one up. Its `effective_from` is not read."""
    effective_from: AwareDatetime | None = Field(default=None, examples=["2026-03-20T00:00:00Z"])
    """From when on new clocks follow it; at once if left out. Never in the past."""
    reason: Text = Field(examples=["Audit reports shall be issued within 20 days."])
    """Why."""

    def record_version(self) -> int:
        return self.policy.version + 1


THE_POLICY = RecordKind(
    noun="policy", called="The policy", prefix=POLICY, pattern="", example=POLICY, forms=Forms(PolicyChange)
)


def next_version(change: PolicyChange, newest: Policy, at: datetime) -> Policy:
    """The version that the change makes. Raises `Refused` if it is built on an old version or would act backwards."""
    if change.policy.version != newest.version:
        raise Refused(Code.VERSION_STALE, f"The newest version is {newest.version}; change that one.")
    if missing := sorted(set(newest.clocks) - set(change.policy.clocks)):
        faults = {f"policy.clocks.{key}": "is missing" for key in missing}
        raise broken("section 9", "Cases wait by these clocks; a policy keeps every clock.", **faults)
    _refuse_hours(change.policy)
    _refuse_markets_left_out(change.policy, newest)
    effective_from = change.effective_from or at
    if effective_from < at:
        raise broken("section 3", "A policy takes effect now or later.", effective_from="in the past")
    if effective_from < newest.effective_from:
        message = f"Version {newest.version} takes effect later than this."
        raise broken("section 3", message, effective_from=f"not before {newest.effective_from.isoformat()}")
    return change.policy.model_copy(update={"version": newest.version + 1, "effective_from": effective_from})


def _refuse_markets_left_out(policy: Policy, newest: Policy) -> None:
    """Raise `Refused` where a market loses its row or its register: batches wait, and numbers go on without gaps."""
    rows = {row.market: row for row in policy.markets}
    faults = {
        f"policy.markets.{row.market}": "is missing"
        if row.market not in rows
        else f"keeps its register {row.register_prefix}"
        for row in newest.markets
        if row.market not in rows or rows[row.market].register_prefix != row.register_prefix
    }
    if faults:
        raise broken("section 18", "A market keeps its row and its register.", **faults)


def _refuse_hours(policy: Policy) -> None:
    """Raise `Refused` where a distance between days is given in hours."""
    faults = {
        f"policy.limits.{name}": "is counted in days or months"
        for name in LIMITS_IN_DAYS
        if getattr(policy.limits, name).unit is Unit.HOURS
    } | {
        f"policy.clocks.{key}.span": "is counted in days or months"
        for key in IN_DAYS
        if policy.clock(key).span.unit is Unit.HOURS
    }
    if faults:
        raise broken("section 9", "These are counted in days or months.", **faults)
