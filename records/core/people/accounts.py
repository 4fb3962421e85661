"""Accounts: argon2 passwords, and a lock after too many wrong ones (21 CFR 11.300(d)).

Secrets stay outside the journal; that an attempt failed does not. Times here are the database's, never a caller's.
"""

import asyncio
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.refusals import Code, Refused
from domain.policy.limits import Limits
from records.core.database import Database
from records.core.tables.journal import AccountRow

NO_PASSWORD = "!"
METHOD = "user name and password"
"""The two components of a signature (21 CFR 11.200(a)(1))."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""Argon2id with the parameters that OWASP gives as minimum: about 25 ms, 19 MiB."""


class WrongPassword(Refused):
    """A refused attempt of a known person; `person_id` is None when nobody has such an account."""

    def __init__(self, code: Code, message: str, *, person_id: str | None, when: str | None = None) -> None:
        super().__init__(code, message, rule="21 CFR 11.300(d)", when=when)
        self.person_id = person_id


def hashed(password: str) -> str:
    """The argon2id hash of a password. Takes some 25 ms."""
    return _HASHER.hash(password)


async def authenticate(database: Database, user: str, password: str, limits: Limits) -> AccountRow:
    """The account, if the password is right and it is not locked. Raises `WrongPassword`.

    The password is checked before the row is locked, so that nobody waits for argon2. The lock is looked at after it:
    of many guesses at once, only as many as the policy allows can succeed.
    """
    async with database.reading() as session:
        account = await session.get(AccountRow, user)
    right = await asyncio.to_thread(_fits, account.password_hash if account else None, password)
    if account is None:
        raise _wrong(None)
    refused: WrongPassword | None = None
    async with database.writing() as session:
        row = await session.get_one(AccountRow, user, with_for_update=True)
        now = await database.now(session)
        if row.password_hash != account.password_hash:
            right = False
        if row.locked_until is not None and row.locked_until > now:
            refused = _locked(row, row.locked_until)
        elif right:
            row.wrong_passwords, row.locked_until = 0, None
        else:
            refused = _count(row, now, limits)
    if refused is not None:
        raise refused
    return row


async def set_first_password(database: Database, user: str, person_id: str, password: str) -> None:
    """Give a new account its first password. Does nothing if it has one."""
    hash_ = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        await put_first_password(session, user, person_id, hash_)


async def put_first_password(session: AsyncSession, user: str, person_id: str, password_hash: str) -> None:
    """Store the first password of a person's account; an account that has one keeps it."""
    row = await session.get(AccountRow, user, with_for_update=True)
    if row is not None and row.person_id == person_id and row.password_hash == NO_PASSWORD:
        row.password_hash = password_hash


async def change_password(database: Database, user: str, password: str) -> None:
    """Replace the password of an account whose owner has just given the old one."""
    hash_ = await asyncio.to_thread(hashed, password)
    async with database.writing() as session:
        row = await session.get_one(AccountRow, user, with_for_update=True)
        row.password_hash = hash_


@cache
def _decoy() -> str:
    """Checked where there is no password, so that the answer takes the same time."""
    return hashed("nobody's password")


def _fits(password_hash: str | None, password: str) -> bool:
    if password_hash in {None, NO_PASSWORD}:
        password_hash, password = _decoy(), ""
    try:
        return _HASHER.verify(str(password_hash), password)
    except (Argon2Error, InvalidHashError):
        return False


def _count(row: AccountRow, now: datetime, limits: Limits) -> WrongPassword:
    row.wrong_passwords += 1
    if row.wrong_passwords < limits.wrong_passwords_max:
        row.locked_until = None
        return _wrong(row.person_id)
    row.wrong_passwords, row.locked_until = 0, now + timedelta(minutes=limits.lock_out_minutes)
    return _locked(row, row.locked_until)


def _wrong(person_id: str | None) -> WrongPassword:
    return WrongPassword(Code.WRONG_PASSWORD, "User name or password is wrong.", person_id=person_id)


def _locked(row: AccountRow, until: datetime) -> WrongPassword:
    message = "The account is locked after too many wrong passwords."
    return WrongPassword(Code.LOCKED_OUT, message, person_id=row.person_id, when=until.isoformat())
