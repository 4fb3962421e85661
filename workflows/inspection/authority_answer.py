"""Answering an authority."""

from pydantic import JsonValue

from domain.inspection.answer import AnswerDates, DraftAnswer, DraftComments, FiledAnswer
from workflows.core.case import Case
from workflows.core.tasks import Answered


class AuthorityAnswer:
    """SOP-11, answer: share the draft with the sponsor, take its comments, and file the answer in time.

    The site files, with or without comments. Domain specification, section 9, `inspection.notify`.
    """

    def __init__(self, case: Case, dates: AnswerDates) -> None:
        self._case = case
        self._dates = dates
        self._is_filed = False

    async def follow(self) -> None:
        """Until the answer is filed. Then nobody needs the draft, or comments on it, any more."""
        self._case.meanwhile(self._drafted(), must_end=False)
        await self._filed()

    async def _drafted(self) -> None:
        draft = await self._case.ask_unless(
            self._is_no_longer_needed,
            self._case.ask(
                DraftAnswer,
                clock=self._dates.answers.clock,
                since_day=self._dates.since,
                due_on=self._dates.draft_due,
                prefill=self._prefill(),
            ),
        )
        if draft is not None:
            await self._commented(draft)

    async def _commented(self, draft: Answered[DraftAnswer]) -> None:
        commenting = self._case.ask(
            DraftComments,
            clock=self._dates.answers.clock,
            since_day=self._dates.since,
            due_on=self._dates.answer_due,
            prefill={**self._prefill(), "draft": draft.as_read},
            about=draft.form.summary,
        )
        await self._case.ask_unless(self._is_no_longer_needed, commenting)

    async def _filed(self) -> None:
        await self._case.ask(
            FiledAnswer,
            clock=self._dates.answers.clock,
            since_day=self._dates.since,
            due_on=self._dates.answer_due,
            prefill=self._prefill(),
        )
        self._is_filed = True

    def _is_no_longer_needed(self) -> bool:
        return self._is_filed

    def _prefill(self) -> dict[str, JsonValue]:
        return {"answers": self._dates.answers.value}
