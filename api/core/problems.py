"""The one form of all errors, `application/problem+json` (RFC 9457), and how it is declared in OpenAPI."""

from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from domain.core.refusals import Code, Refusal

MEDIA_TYPE = "application/problem+json"

STATUS = {
    Code.NOT_SIGNED_IN: 401,
    Code.WRONG_PASSWORD: 401,
    Code.LOCKED_OUT: 403,
    Code.WRONG_ROLE: 403,
    Code.WRONG_ORGANISATION: 403,
    Code.NOT_ASSIGNED: 403,
    Code.SEGREGATION_OF_DUTIES: 403,
    Code.PERSONAL_DUTY: 403,
    Code.NOT_APPOINTED: 403,
    Code.ACCOUNT_DISABLED: 403,
    Code.ROLE_TOO_FRESH: 403,
    Code.NOT_FOUND: 404,
    Code.FORM_INVALID: 422,
    Code.WRONG_FORM: 422,
    Code.RULE_BROKEN: 422,
    Code.CLOCK_AHEAD: 422,
    Code.TOO_LARGE: 413,
    Code.MEDIA_TYPE: 415,
    Code.ADDRESS_REFUSED: 422,
    Code.NOT_OPEN: 409,
    Code.ALREADY_ANSWERED: 409,
    Code.CASE_CLOSED: 409,
    Code.CASE_ON_HOLD: 409,
    Code.NOT_STARTED_YET: 409,
    Code.GATE_CLOSED: 409,
    Code.SHELF_LIFE_ENDED: 409,
    Code.NO_GREEN_LIGHT: 409,
    Code.LIMIT_REACHED: 409,
    Code.CONFLICT: 409,
    Code.SIGNATURE_MISSING: 422,
    Code.SIGNATURE_OTHER_HASH: 422,
    Code.SIGNATURE_STALE: 422,
    Code.SIGNATURE_USED: 409,
    Code.KEY_MISSING: 422,
    Code.KEY_REUSED: 422,
    Code.VERSION_MISSING: 428,
    Code.VERSION_STALE: 412,
    Code.OUTCOME_UNKNOWN: 504,
    Code.UNAVAILABLE: 503,
}
"""The status of every refusal: said here and nowhere else."""


class Problem(BaseModel):
    """Why a request was refused. `code` is stable; `detail` is for people."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    type: str = Field(examples=["urn:vetted:refusal:already_answered"])
    title: str = Field(examples=["Already answered"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["already_answered"])
    detail: str = Field(examples=["This task has been answered already."])
    fields: dict[str, str] = {}
    """What is wrong in the request, by dotted path."""
    rule: str | None = None
    """The source of the rule that says no."""
    who: str | None = None
    """Who was first, in a conflict."""
    when: str | None = None
    """When they were, as an RFC 3339 instant."""
    instance: str = Field(examples=["/v1/audits/AUD-1/report"])
    """The path that was asked for."""


def refusal_problem(refusal: Refusal, path: str) -> Problem:
    return Problem(
        type=f"urn:vetted:refusal:{refusal.code}",
        title=_in_words(refusal.code),
        status=STATUS[refusal.code],
        code=refusal.code,
        detail=refusal.message,
        fields=refusal.fields,
        rule=refusal.rule,
        who=refusal.who,
        when=refusal.when,
        instance=path,
    )


def status_problem(status: int, detail: str, path: str) -> Problem:
    """A problem of HTTP itself, which no rule of ours names."""
    phrase = HTTPStatus(status).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    return Problem(type="about:blank", title=phrase, status=status, code=code, detail=detail or phrase, instance=path)


def answer(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    extra = {"WWW-Authenticate": "Bearer"} if problem.status == HTTPStatus.UNAUTHORIZED else {}
    if problem.status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT):
        extra["Retry-After"] = "2"
    if problem.code == Code.NOT_STARTED_YET:
        extra["Retry-After"] = "1"
    return JSONResponse(
        problem.model_dump(mode="json", exclude_none=True),
        status_code=problem.status,
        headers={**extra, **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error responses of a route, for OpenAPI."""
    return {
        status: any_problem("; ".join(_in_words(code) for code in Code if STATUS[code] == status))
        for status in statuses
    }


def any_problem(description: str = "Any other problem") -> dict[str, Any]:
    """An error response, for OpenAPI. The schema itself is added to the components by the application."""
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _in_words(code: Code) -> str:
    return code.value.replace("_", " ").capitalize()
