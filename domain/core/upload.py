"""What is said about a file when it is uploaded. The file itself stays out of forms, histories and the database."""

from typing import Annotated

from pydantic import AfterValidator, Field

from domain.core.forms import Action, Audience, Form
from domain.core.people import Org, Role
from domain.core.refusals import Code, Refused
from domain.core.text import Identifier, ShortText


def plain_name(name: str) -> str:
    """A file name without folders and without characters that mean something to a shell, a header or a file system."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if not char.isprintable() or char in '<>:"|?*;%' else char for char in last).strip(" .")
    if not kept:
        raise ValueError("Give the name of a file.")
    return kept


class Upload(Form):
    """Upload a document as evidence."""

    action = Action(None, "upload", "Upload a document", frozenset(Role) - {Role.SYSTEM, Role.OPS, Role.INSPECTOR})

    title: ShortText = Field(examples=["GMP certificate of the Basel site"])
    """Title printed on the document."""
    filename: Annotated[ShortText, AfterValidator(plain_name)] = Field(examples=["gmp-certificate.pdf"])
    """Name under which it is downloaded."""
    case_id: Identifier | None = None
    """The case it belongs to, if it belongs to one."""
    audience: Audience = Audience.SPONSOR
    """Who sees it. What a CDMO uploads is shared, whether it says so or nothing."""


def refuse_unless_shared(upload: Upload, org: Org) -> None:
    """Raise `Refused` if a CDMO asks that its file be for the sponsor alone: it would see its own file no more."""
    if org is Org.CDMO and "audience" in upload.model_fields_set and upload.audience is Audience.SPONSOR:
        fault = "is SHARED for what a CDMO uploads; leave it out or say so"
        raise Refused(
            Code.FORM_INVALID, "The file is shared with the sponsor and the site.", fields={"audience": fault}
        )
