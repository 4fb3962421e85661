"""The pages of the API work in a house without internet."""

import re
from html.parser import HTMLParser

import pytest

from api.pages.routes import ASSETS, HERE, POLICY, Places
from tests.api.house import House

PAGES = ["/", "/docs", "/redoc"]
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+\.\w+")


class Named(HTMLParser):
    """Every address that a page names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src", "spec-url"} and value]


async def page_at(house: House, path: str) -> str:
    answer = await house.http.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return str(answer.text)


@pytest.mark.parametrize("path", PAGES)
async def test_whatever_a_page_names_is_served_by_this_very_server(house: House, path: str) -> None:
    named = [each for each in Named(await page_at(house, path)).found if each != "data:,"]
    assert named
    for each in named:
        answer = await house.http.get(f"/{each}")
        assert answer.status_code == 200, each
        assert len(answer.content) > 10


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_names_another_host_and_the_browser_would_refuse_it(house: House, path: str) -> None:
    assert ADDRESS.findall(await page_at(house, path)) == []
    policy = (await house.http.get(path, headers=BROWSER)).headers["content-security-policy"]
    assert policy == POLICY
    assert ADDRESS.findall(policy) == []
    assert not {"*", "http:", "https:"} & set(re.split(r"[ ;]+", policy))


@pytest.mark.parametrize(
    "file", sorted(path.name for path in HERE.iterdir() if path.suffix in {".html", ".css", ".js"})
)
def test_no_file_of_ours_names_another_host(file: str) -> None:
    assert ADDRESS.findall((HERE / file).read_text()) == []


def test_a_named_host_is_found() -> None:
    assert ADDRESS.findall('<link href="https://fonts.example.com/css"> <script src="//cdn.example.net/a.js">')


@pytest.mark.parametrize("file", sorted(name for name in ASSETS if name.endswith(".css")))
def test_no_style_fetches_anything(file: str) -> None:
    text = ASSETS[file].read_text()
    assert "@import" not in text
    assert {each[:5] for each in re.findall(r"url\([\"']?([^)]*)", text)} <= {"data:"}


async def test_the_documentation_reads_the_schema_of_this_server(house: House) -> None:
    assert 'url: "openapi.json"' in (await house.http.get("/pages/docs.js")).text
    assert 'spec-url="openapi.json"' in await page_at(house, "/redoc")


async def test_a_program_learns_where_things_are(house: House) -> None:
    answer = await house.http.get("/")
    assert answer.headers["vary"] == "Accept"
    places = Places.model_validate(answer.json())
    for path in (places.docs, places.redoc, places.openapi, places.ready, places.alive, places.metrics):
        assert (await house.http.get(path)).status_code == 200, path
    schema = (await house.http.get(places.openapi)).json()["paths"]
    assert {places.sign_in, places.inbox} <= set(schema)
    assert places.sign_in.startswith(f"{places.api}/")


async def test_only_assets_are_served(house: House) -> None:
    for path in ("/pages/routes.py", "/pages/start.html", "/pages/absent.js"):
        answer = await house.http.get(path)
        assert answer.status_code == 404, path
