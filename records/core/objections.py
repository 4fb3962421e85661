"""What other contexts may object to. Each answer refuses, or says nothing."""

from dataclasses import dataclass

from records.core.questions import Question, asked
from records.core.tables.cases import CaseRow, TaskRow


@asked()
@dataclass(frozen=True)
class TaskIsExtended(Question[None]):
    """A due date is to be moved."""

    task: TaskRow


@asked()
@dataclass(frozen=True)
class TaskIsReassigned(Question[None]):
    """A task is to go to another person."""

    case: CaseRow
    task: TaskRow
    to: str


@asked()
@dataclass(frozen=True)
class ScopesOfSiteChange(Question[None]):
    """A scope of a site is to be registered or changed. The stream of the site is locked."""

    site_id: str
