"""What a personal duty is signed under: asked where every answer is written, known by a later context (section 18)."""

from dataclasses import dataclass

from domain.core.forms import Form
from domain.core.people import Role
from records.core.declared import Effect
from records.core.questions import Question, asked
from records.core.tables.cases import CaseRow


@asked(of_one=True)
@dataclass(frozen=True)
class UnderWhichLicence(Question[Effect]):
    """On which appointments a signature stands, for the effect of its event; nothing if it needs none.

    The answer refuses (NOT_APPOINTED) a signature that no appointment carries.
    """

    case: CaseRow
    form: Form
    by: frozenset[Role]
    """Who may submit the form this time."""
