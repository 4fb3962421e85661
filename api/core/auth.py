"""Signing in, and who calls: the person as the records know them at this very request."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.core.problems import declared
from api.core.tools import Tools, ToolsOf
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from records.core.people.accounts import WrongPassword, authenticate
from records.core.people.actors import actor_of, as_actor
from records.core.policies import limits_in_force
from records.core.tables.master_data import PersonRow

router = APIRouter(prefix="/v1", tags=["sign in"])

ISSUER = "vetted"
_ALGORITHMS = ["HS256"]
_CLAIMS = jwt.JWTClaimsRegistry(
    iss={"essential": True, "value": ISSUER},
    sub={"essential": True},
    person={"essential": True},
    exp={"essential": True},
)

_bearer = OAuth2PasswordBearer(tokenUrl="/v1/token", auto_error=False)


class Credentials(BaseModel):
    """User name and password. The form of OAuth 2 calls the first one `username`."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    user: str = Field(min_length=1, max_length=100, examples=["ines"])
    """Name of the account."""
    password: str = Field(min_length=1, max_length=200, repr=False)
    """Its password."""


class Token(BaseModel):
    """A bearer token. It ends nobody's duty to sign with their password."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    access_token: str
    token_type: str = "bearer"
    expires_in: int
    """Seconds until it ends."""
    person_id: str
    """Whose it is."""


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "username": {"type": "string", "examples": ["ines"]},
                        "password": {"type": "string", "format": "password"},
                    },
                }
            },
            "application/json": {"schema": Credentials.model_json_schema()},
        },
    }
}


@router.post("/token", openapi_extra=_BODY, responses=declared(401, 403, 422))
async def sign_in(request: Request, tools: ToolsOf) -> Token:
    """Sign in. Too many wrong passwords lock the account for a while; every one of them is on record."""
    credentials = await _credentials(request)
    async with tools.database.reading() as session:
        limits = await limits_in_force(session, tools.clock())
    try:
        account = await authenticate(tools.database, credentials.user, credentials.password, limits)
    except WrongPassword as refused:
        if refused.person_id is not None:
            request.state.actor = await _person(tools, refused.person_id, credentials.user)
        raise
    await _person(tools, account.person_id, account.user)
    lifetime = timedelta(minutes=limits.access_token_minutes)
    return Token(
        access_token=issue(tools.settings.token_secret, account.user, account.person_id, lifetime),
        expires_in=int(lifetime.total_seconds()),
        person_id=account.person_id,
    )


def issue(secret: str, user: str, person_id: str, lifetime: timedelta) -> str:
    """A signed token. Its times are those of the wall clock, whatever the business time is."""
    now = datetime.now(UTC)
    claims = {"iss": ISSUER, "sub": user, "person": person_id, "iat": now, "exp": now + lifetime}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret), algorithms=_ALGORITHMS)


async def signed_in(
    request: Request,
    tools: ToolsOf,
    token: Annotated[str | None, Depends(_bearer)],
    on_behalf_of: Annotated[
        str | None, Header(max_length=60, description="Person id of a colleague whose accepted delegation you use.")
    ] = None,
) -> Actor:
    """Who calls. Raises `Refused`: NOT_SIGNED_IN, ACCOUNT_DISABLED, WRONG_ROLE (no such delegation)."""
    if token is None:
        raise Refused(Code.NOT_SIGNED_IN, "Sign in first.")
    user, person_id = _account(tools, token)
    async with tools.database.reading() as session:
        own = await actor_of(session, person_id, user, at=tools.clock())
        request.state.actor = own
        if on_behalf_of is None:
            return own
        actor = await actor_of(session, person_id, user, at=tools.clock(), on_behalf_of=on_behalf_of)
    request.state.actor = actor
    return actor


Caller = Annotated[Actor, Depends(signed_in)]
"""The signed-in person."""


def _account(tools: Tools, token: str) -> tuple[str, str]:
    """The user and the person of a token. Raises `Refused(NOT_SIGNED_IN)`."""
    try:
        claims = jwt.decode(token, OctKey.import_key(tools.settings.token_secret), algorithms=_ALGORITHMS).claims
        _CLAIMS.validate(claims)
    except (JoseError, ValueError):
        raise Refused(Code.NOT_SIGNED_IN, "The token is not valid any more; sign in again.") from None
    return str(claims["sub"]), str(claims["person"])


async def who_attempts(request: Request) -> Actor | None:
    """Who is behind a refused request, also where it was refused before anybody asked, or the account is disabled."""
    actor: Actor | None = getattr(request.state, "actor", None)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if actor is not None or scheme.lower() != "bearer":
        return actor
    tools: Tools = request.app.state.tools
    try:
        user, person_id = _account(tools, token)
    except Refused:
        return None
    async with tools.database.reading() as session:
        row = await session.get(PersonRow, person_id)
    return as_actor(row, user) if row is not None else None


async def _person(tools: Tools, person_id: str, user: str) -> Actor:
    async with tools.database.reading() as session:
        return await actor_of(session, person_id, user, at=tools.clock())


async def _credentials(request: Request) -> Credentials:
    """Read either form. Raises `Refused(FORM_INVALID)`."""
    body = await request.body()
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            given = json.loads(body)
            if isinstance(given, dict) and "username" in given:
                given = {**given, "user": given["username"]}
        else:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
            given = {"user": fields.get("username", [None])[0], "password": fields.get("password", [None])[0]}
        return Credentials.model_validate(given)
    except ValidationError as error:
        faults = {".".join(map(str, fault["loc"])): fault["msg"] for fault in error.errors()}
    except (ValueError, RecursionError):
        faults = {"body": "neither a form nor JSON"}
    raise Refused(Code.FORM_INVALID, "Give a user name and a password.", fields=faults)
