"""How large a request may be, told like every other refusal."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.core.problems import MEDIA_TYPE, answer, refusal_problem
from domain.core.refusals import Code, Refusal

MAX_FORM = 1024 * 1024
"""Bytes of a request's body. Documents are streamed and have a limit of their own."""


class TooLargeAsProblem:
    """Puts a problem in the place of the plain text with which the framework refuses a body that is too large."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if _is_plain_413(message):
                replaced = True
                refusal = Refusal(code=Code.TOO_LARGE, message=f"A request has at most {MAX_FORM} bytes.")
                await answer(refusal_problem(refusal, scope["path"]))(scope, receive, send)
            elif not replaced:
                await send(message)

        await self._app(scope, receive, send_problem)


def _is_plain_413(message: Message) -> bool:
    return (
        message["type"] == "http.response.start"
        and message["status"] == 413
        and Headers(raw=message["headers"]).get("content-type") != MEDIA_TYPE
    )
