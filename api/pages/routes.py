"""The pages of the API: where things are, and its documentation. They need nothing of any other host."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from domain.core.refusals import Code, Refused
from domain.core.view import View

HERE = Path(__file__).parent
OTHERS = Path(fastapi_offline.__file__).parent / "static"
ASSETS = {path.name: path for folder in (HERE, OTHERS) for path in folder.iterdir() if path.suffix in {".css", ".js"}}

POLICY = (
    "default-src 'self';"
    " img-src 'self' data:;"  # Swagger's icons are written into its styles
    " style-src 'self' 'unsafe-inline';"  # Redoc makes its styles while it runs
    " worker-src 'self' blob:;"  # Redoc searches in a thread that it makes itself
    " frame-ancestors 'none'; form-action 'self'; base-uri 'none'"
)
"""What a page may load. Redoc asks another host for the picture of its maker, and does not get it."""

router = APIRouter()


class Places(View):
    """Where things are, as paths of this server."""

    name: str = "Vetted"
    docs: str = "/docs"
    redoc: str = "/redoc"
    openapi: str = "/openapi.json"
    ready: str = "/readyz"
    alive: str = "/healthz"
    metrics: str = "/metrics"
    api: str = "/v1"
    """What every path of the API begins with."""
    sign_in: str = "/v1/token"
    inbox: str = "/v1/tasks"


@router.get("/", name="places", summary="Where things are", tags=["operations"], response_model=Places)
async def places(request: Request, response: Response) -> Places | Response:
    """JSON, and a page for browsers."""
    if "text/html" in request.headers.get("accept", ""):
        return _page("start.html")
    response.headers["Vary"] = "Accept"
    return Places()


@router.get("/docs", include_in_schema=False)
async def documentation() -> Response:
    return _page("docs.html")


@router.get("/redoc", include_in_schema=False)
async def reading() -> Response:
    return _page("redoc.html")


@router.get("/pages/{name}", include_in_schema=False)
async def asset(name: str) -> Response:
    if name not in ASSETS:
        raise Refused(Code.NOT_FOUND, "There is no such file.")
    return FileResponse(ASSETS[name], headers={"Cache-Control": "max-age=3600"})


def _page(name: str) -> Response:
    return FileResponse(HERE / name, headers={"Content-Security-Policy": POLICY, "Vary": "Accept"})
