"""Why the system says no. Every refusal has a stable code that clients and inspectors can rely on."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Code(StrEnum):
    """Stable names of refusals. They are part of the API: never rename one."""

    # who
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_PASSWORD = "wrong_password"
    LOCKED_OUT = "locked_out"
    WRONG_ROLE = "wrong_role"
    WRONG_ORGANISATION = "wrong_organisation"
    NOT_ASSIGNED = "not_assigned"
    SEGREGATION_OF_DUTIES = "segregation_of_duties"
    ACCOUNT_DISABLED = "account_disabled"
    ROLE_TOO_FRESH = "role_too_fresh"
    # what
    NOT_FOUND = "not_found"
    FORM_INVALID = "form_invalid"
    WRONG_FORM = "wrong_form"
    RULE_BROKEN = "rule_broken"
    CLOCK_AHEAD = "clock_ahead"
    TOO_LARGE = "too_large"
    MEDIA_TYPE = "media_type_refused"
    ADDRESS_REFUSED = "address_refused"
    # state
    NOT_OPEN = "not_open"
    ALREADY_ANSWERED = "already_answered"
    CASE_CLOSED = "case_closed"
    CASE_ON_HOLD = "case_on_hold"
    NOT_STARTED_YET = "not_started_yet"
    GATE_CLOSED = "gate_closed"
    LIMIT_REACHED = "limit_reached"
    CONFLICT = "conflict"
    # signature
    SIGNATURE_MISSING = "signature_missing"
    SIGNATURE_OTHER_HASH = "signature_other_hash"
    SIGNATURE_STALE = "signature_stale"
    SIGNATURE_USED = "signature_used"
    # protocol
    KEY_MISSING = "idempotency_key_missing"
    KEY_REUSED = "idempotency_key_reused"
    VERSION_MISSING = "version_missing"
    VERSION_STALE = "version_stale"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNAVAILABLE = "unavailable"


class Refusal(BaseModel):
    """What is told to the person and written to the journal when an attempt is refused.

    `fields` maps a dotted path in the submitted form to what is wrong there.
    `rule` names the source of the rule where there is one (`S1`, `audit.reschedule`, ...).
    `who` and `when` say who was first and when, for conflicts (RFC 3339 instant).
    """

    model_config = ConfigDict(frozen=True)

    code: Code
    message: str
    fields: dict[str, str] = {}
    rule: str | None = None
    who: str | None = None
    when: str | None = None


class Refused(Exception):
    """Raised by rules and records to refuse an attempt; rendered in one place per layer."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        fields: dict[str, str] | None = None,
        rule: str | None = None,
        who: str | None = None,
        when: str | None = None,
    ) -> None:
        super().__init__(message)
        self.refusal = Refusal(code=code, message=message, fields=fields or {}, rule=rule, who=who, when=when)


def broken(rule: str, message: str, **fields: str) -> Refused:
    """The refusal of a form that is well formed but breaks a business rule."""
    return Refused(Code.RULE_BROKEN, message, fields=fields, rule=rule)
