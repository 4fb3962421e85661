"""Going on in a new run of the workflow, once the history of this one has become long."""

from typing import NoReturn

from temporalio import workflow

from domain.core.case import Carried, CaseOrder

REMEMBERED = 100
"""How many messages, answers and opened cases a run tells the next one of."""


def history_is_long(beyond: int) -> bool:
    """Whether the history has more than so many events, or the server suggests a new run."""
    info = workflow.info()
    return info.get_current_history_length() > beyond or info.is_continue_as_new_suggested()


def go_on_in_new_run(order: CaseOrder, carried: Carried) -> NoReturn:
    """End this run. The next one begins with the same order, and with what the journal does not hold."""
    workflow.continue_as_new(order.model_copy(update={"carried": carried}))
