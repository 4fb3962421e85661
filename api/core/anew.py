"""What is asked of new requests alone: one that was taken before a rule was made is answered again, as it was."""

from api.core.tools import Tools
from domain.core.anew import refuse_unless_good_anew
from domain.core.forms import Form
from domain.core.refusals import Refused
from records.core.journal import answered


async def refuse_unless_taken_or_good(tools: Tools, form: Form, command_id: str, fingerprint: str) -> None:
    """Raise `Refused` (FORM_INVALID) with every fault of a form, unless this very request has its answer already."""
    try:
        refuse_unless_good_anew(form)
    except Refused:
        async with tools.database.reading() as session:
            if await answered(session, command_id, fingerprint) is None:
                raise
