"""How tasks are shown to people and to programs. Built from the records, never stored."""

from pydantic import Field, JsonValue

from domain.core.view import TaskView, View


class TaskForm(TaskView):
    """One task with everything that is needed to answer it."""

    form_schema: dict[str, JsonValue]
    """JSON schema (2020-12) of the form; what is known already is given as defaults."""
    signature_url: str | None
    """Where a signature token for the form is got, if the answer is signed. It is sent as `Signature-Token`."""


class TaskList(View):
    """A page of tasks."""

    items: tuple[TaskView, ...]
    next: str | None = Field(default=None)
    """Cursor of the next page; absent on the last one."""
