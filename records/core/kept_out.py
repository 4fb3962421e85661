"""Whom the segregation of duties keeps from an open task."""

from collections.abc import Mapping

from domain.core.forms import Process
from records.core.tables.cases import TaskRow
from records.core.writing import Writing


def kept_out(writing: Writing, task: TaskRow) -> Mapping[str, str]:
    """The persons, and the rule for each. Of a task that asks for protection it is nobody (section 16, law 4)."""
    form = writing.registries.forms.answering(Process(task.process), task.action)
    return form.keeps_out(task.barred)
