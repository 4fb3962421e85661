"""What `vetted dev` prints when everything is ready."""

import json
import shlex

from pydantic import BaseModel, JsonValue
from rich.console import Console
from rich.table import Table

from embedded.claims import local_address
from settings import Settings


class SeededPerson(BaseModel):
    """A person who can sign in."""

    user: str
    person_id: str
    """The id by which forms name the person."""
    name: str
    roles: list[str]


class Seeded(BaseModel):
    """What `vetted db upgrade --seed` prints: who can sign in, and the body of an audit request they may send."""

    people: list[SeededPerson]
    requester: str
    audit_request: dict[str, JsonValue]


def announce(settings: Settings, seeded: Seeded, console: Console) -> None:
    """Print the addresses, who can sign in, and one command that triggers an audit."""
    addresses = Table("", "address", title="Vetted is ready. Ctrl-C stops it.", title_justify="left")
    addresses.add_row("API", local_address(settings))
    addresses.add_row("API documentation", f"{local_address(settings)}/docs")
    addresses.add_row("Temporal UI", settings.ui_url)
    addresses.add_row("Mail", "sent by SMTP" if settings.smtp_url else str(settings.mailbox_dir))
    addresses.add_row("Data and logs", str(settings.data_dir))
    people = Table(
        "user", "person id", "name", "roles", title=f"People; password: {settings.dev_password}", title_justify="left"
    )
    for person in seeded.people:
        people.add_row(person.user, person.person_id, person.name, ", ".join(person.roles))
    console.print(addresses, people, "Trigger a for-cause audit from another terminal:", sep="\n")
    console.print(audit_snippet(settings, seeded), markup=False, highlight=False, soft_wrap=True)


def audit_snippet(settings: Settings, seeded: Seeded) -> str:
    """One shell command that signs in and requests an audit. It needs nothing but a shell, curl and sed."""
    api = local_address(settings)
    sign_in = shlex.quote(json.dumps({"user": seeded.requester, "password": settings.dev_password}))
    token = r"""sed 's/.*"access_token" *: *"\([^"]*\)".*/\1/'"""
    as_json = "-H 'Content-Type: application/json'"
    return "\n".join(
        (
            f'curl -sS {api}/v1/audits {as_json} -H "Idempotency-Key: audit-$(date +%s)" \\',
            f'  -H "Authorization: Bearer $(curl -sS {api}/v1/token {as_json} \\',
            f'    -d {sign_in} | {token})" \\',
            f"  -d {shlex.quote(json.dumps(seeded.audit_request, ensure_ascii=False))}",
        )
    )
