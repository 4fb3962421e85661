"""The template of the address that was asked for: what is counted and put on record instead of single addresses."""

from starlette.types import Scope

UNKNOWN = "unknown"


def template_of(scope: Scope) -> str:
    """For example `/v1/audits/{case_id}/events`; `unknown` where there is no route, whatever was asked for.

    A route knows its address below its router only; what stands before it holds no parameters and is taken as asked.
    """
    below = getattr(scope.get("route"), "path", None)
    if below is None:
        return UNKNOWN
    asked = str(scope["path"]).split("/")
    before = asked[: len(asked) - below.count("/")]
    return "/".join(before) + str(below)
