import pytest
from starlette.routing import Route

from api.core.addresses import template_of


def nothing() -> None:
    """An endpoint that is never called."""


@pytest.mark.parametrize(
    ("path", "below", "template"),
    [
        ("/v1/audits/AUD-1/hold", "/v1/audits/{case_id}/hold", "/v1/audits/{case_id}/hold"),
        ("/v1/audits/AUD-1", "/{case_id}", "/v1/audits/{case_id}"),
        ("/v1/audits/audits/events", "/{case_id}/events", "/v1/audits/{case_id}/events"),
        ("/healthz", "/healthz", "/healthz"),
    ],
)
def test_the_template_holds_names_instead_of_values(path: str, below: str, template: str) -> None:
    assert template_of({"path": path, "route": Route(below, nothing)}) == template


def test_a_router_whose_list_has_no_path_of_its_own_keeps_its_prefix() -> None:
    route = Route("/", nothing)
    route.path = ""
    assert template_of({"path": "/v1/audits", "route": route}) == "/v1/audits"


def test_what_is_nowhere_has_no_template() -> None:
    assert template_of({"path": "/v1/anything"}) == "unknown"
