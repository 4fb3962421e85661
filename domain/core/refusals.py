"""Why the system says no. Every refusal has a stable code that clients and inspectors can rely on."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Code(StrEnum):
    """Stable names of refusals. They are part of the API: never rename one. The text below each is in the reference."""

    # who
    NOT_SIGNED_IN = "not_signed_in"
    """There is no bearer token, or it is not good any more."""
    WRONG_PASSWORD = "wrong_password"
    """The password is not that of the account."""
    LOCKED_OUT = "locked_out"
    """Too many wrong passwords; `when` says until when the account is locked."""
    WRONG_ROLE = "wrong_role"
    """The person holds none of the roles that the action needs."""
    WRONG_ORGANISATION = "wrong_organisation"
    """It is for the other side, sponsor or site."""
    NOT_ASSIGNED = "not_assigned"
    """The task is another person's."""
    SEGREGATION_OF_DUTIES = "segregation_of_duties"
    """The person has done something that bars them from this (section 11); `rule` says which."""
    PERSONAL_DUTY = "personal_duty"
    """The signature is a personal duty and is given under no delegation; `who` is the delegator."""
    NOT_APPOINTED = "not_appointed"
    """The role needs an appointment on a licence that is in force for what is signed; `fields` says what is missing,
    and how it is recorded."""
    ACCOUNT_DISABLED = "account_disabled"
    """The account or the person is disabled."""
    ROLE_TOO_FRESH = "role_too_fresh"
    """An administrator changed the own roles a short while ago (S10)."""
    # what
    NOT_FOUND = "not_found"
    """There is no such record, or it is not for this person to know of."""
    FORM_INVALID = "form_invalid"
    """The form is not well formed, or the body cannot be read: no JSON, nested too deeply, a number of too many digits;
    `fields` says where."""
    WRONG_FORM = "wrong_form"
    """The case has no such action, or the task is about something else."""
    RULE_BROKEN = "rule_broken"
    """The form is well formed and breaks a rule of the business; `rule` says which."""
    CLOCK_AHEAD = "clock_ahead"
    """The time that the client gives lies in the future."""
    TOO_LARGE = "too_large"
    """The request or the file is too large."""
    MEDIA_TYPE = "media_type_refused"
    """The kind of content is not accepted."""
    ADDRESS_REFUSED = "address_refused"
    """A webhook may not go to this address, or it is not known."""
    # state
    NOT_OPEN = "not_open"
    """The case does not wait for this action now."""
    ALREADY_ANSWERED = "already_answered"
    """Somebody was first; `who` and `when` say who."""
    CASE_CLOSED = "case_closed"
    """The case is over; `who` and `when` say by whom."""
    CASE_ON_HOLD = "case_on_hold"
    """The case is on hold and does not take this action until it is resumed."""
    NOT_STARTED_YET = "not_started_yet"
    """The case is recorded and being started, or it is about to ask for this. Repeat after `Retry-After` seconds."""
    GATE_CLOSED = "gate_closed"
    """Gates of the batch are closed; `fields` names them with their reasons."""
    SHELF_LIFE_ENDED = "shelf_life_ended"
    """The last day of use of the batch, or its day of retest, has passed or would have; the message names the day and
    its time zone."""
    NO_GREEN_LIGHT = "no_green_light"
    """The sponsor's green light for this trial, site and market is not given, or is in force no more."""
    LIMIT_REACHED = "limit_reached"
    """The policy allows no more of this."""
    CONFLICT = "conflict"
    """It does not fit what is on record by now."""
    # signature
    SIGNATURE_MISSING = "signature_missing"
    """The form is signed; send a `Signature-Token`."""
    SIGNATURE_OTHER_HASH = "signature_other_hash"
    """The token was given for another form, record or meaning."""
    SIGNATURE_STALE = "signature_stale"
    """The token is unknown or has expired; sign again."""
    SIGNATURE_USED = "signature_used"
    """The token was used before."""
    # protocol
    KEY_MISSING = "idempotency_key_missing"
    """Starting a case needs an `Idempotency-Key`."""
    KEY_REUSED = "idempotency_key_reused"
    """The `Idempotency-Key` was used for another request."""
    VERSION_MISSING = "version_missing"
    """A change needs `If-Match` with the ETag of the record."""
    VERSION_STALE = "version_stale"
    """The record has changed since it was read."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """It is not known whether it took effect. Repeat it with the same `Idempotency-Key`."""
    UNAVAILABLE = "unavailable"
    """The database or the workflow server does not answer. Repeat in a moment."""


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
