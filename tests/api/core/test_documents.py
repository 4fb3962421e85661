import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.api.house import Colleague, House
from tests.api.serving import served
from tests.patience import PATIENCE

PDF = b"%PDF-1.7\n" + b"1 0 obj << >> endobj\n" * 200
SHA = hashlib.sha256(PDF).hexdigest()


async def upload(person: Colleague, data: Any = PDF, *, key: str | None = None, **query: str) -> httpx2.Response:
    query = {"title": "GMP certificate", "filename": "gmp.pdf", **query}
    headers = person.headers | ({"Idempotency-Key": key} if key else {})
    return await person.house.http.post("/v1/documents", params=query, content=data, headers=headers)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - the other side is a file system
            await asyncio.sleep(0.01)


def files(house: House) -> list[Path]:
    return [path for path in house.settings.document_dir.rglob("*") if path.is_file()]


async def test_a_document_is_uploaded_shown_and_downloaded(house: House) -> None:
    ines = house.as_("ines")
    answer = await upload(ines)
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["document_id"] == "DOC-1"
    assert answer.headers["Location"] == "/v1/documents/DOC-1"
    assert (document["sha256"], document["size"], document["media_type"]) == (SHA, len(PDF), "application/pdf")
    assert (await ines.get("/v1/documents/DOC-1")).json() == document
    content = await ines.get(document["content_url"])
    assert content.content == PDF
    assert content.headers["content-type"] == "application/pdf"
    assert content.headers["content-length"] == str(len(PDF))
    assert content.headers["content-disposition"].startswith("attachment;")
    assert content.headers["x-content-type-options"] == "nosniff"
    assert content.headers["etag"] == f'"{SHA}"'
    again = await house.http.get(document["content_url"], headers={**ines.headers, "If-None-Match": f'"{SHA}"'})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_upload_is_a_fact_in_the_journal(house: House) -> None:
    await upload(house.as_("ines"))
    [event] = await house.events("DOC-1", "document.uploaded")
    assert event.actor.name == "Ines Marin"
    assert (event.payload["sha256"], event.payload["size"]) == (SHA, len(PDF))


async def test_the_same_key_and_file_give_the_same_document(house: House) -> None:
    ines = house.as_("ines")
    first, second = [(await upload(ines, key="one")).json() for _ in range(2)]
    assert first == second
    assert len(await house.events("DOC-1", "document.uploaded")) == 1
    other = await upload(ines, PDF + b"%", key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


async def test_the_same_file_is_kept_once_for_two_documents(house: House) -> None:
    ids = [(await upload(house.as_(user))).json()["document_id"] for user in ("ines", "vito")]
    assert ids == ["DOC-1", "DOC-2"]
    assert len(files(house)) == 1


@pytest.mark.parametrize(
    ("data", "query", "status", "code"),
    [
        (b"", {}, 422, "form_invalid"),
        (b"\x7fELF" + bytes(100), {}, 415, "media_type_refused"),
        (b"<html><script>alert(1)</script></html>", {"filename": "a.html"}, 415, "media_type_refused"),
        (PDF, {"title": " "}, 422, "form_invalid"),
        (PDF, {"filename": "../.."}, 422, "form_invalid"),
        (PDF, {"case_id": "AUD-999999"}, 404, "not_found"),
        (PDF, {"colour": "red"}, 422, "form_invalid"),
    ],
)
async def test_bad_uploads_are_refused_and_leave_no_file(
    house: House, data: bytes, query: dict[str, str], status: int, code: str
) -> None:
    answer = await upload(house.as_("ines"), data, **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert files(house) == []


async def test_too_large_files_are_refused_by_their_length_and_while_they_stream(house: House) -> None:
    limit = 100 << 20

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * (1 << 20)

    ines = house.as_("ines")
    query = {"title": "Log", "filename": "log.txt"}
    headers = {**ines.headers, "content-length": str(limit * 100)}
    early = await house.http.post("/v1/documents", params=query, content=b"x", headers=headers)
    assert (early.status_code, early.json()["code"]) == (413, "too_large")
    late = await upload(ines, endless(), filename="log.txt")
    assert (late.status_code, late.json()["code"]) == (413, "too_large")
    assert files(house) == []


async def test_an_upload_that_breaks_off_leaves_nothing(house: House) -> None:
    ines = house.as_("ines")
    async with served(house.app) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = "POST /v1/documents?title=T&filename=t.txt HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\n"
        writer.write(f"{head}authorization: {ines.headers['Authorization']}\r\n\r\n".encode() + b"text " * 300_000)
        await writer.drain()
        await until(lambda: len(files(house)) == 1)
        writer.close()
        await until(lambda: not files(house))
    assert await house.events("DOC-1", "document.uploaded") == []


@pytest.mark.parametrize(
    ("given", "kept", "plain"),
    [
        ("C:\\Users\\ines\\Prüfung Ω.pdf", "Prüfung Ω.pdf", "Pr_fung _.pdf"),
        ('a"; filename="evil.exe.pdf', "a__ filename=_evil.exe.pdf", "a__ filename__evil.exe.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf", "passwd.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a__Set-Cookie_ x.pdf", "a__Set-Cookie_ x.pdf"),
    ],
)
async def test_a_file_name_cannot_do_harm(house: House, given: str, kept: str, plain: str) -> None:
    document = (await upload(house.as_("ines"), filename=given)).json()
    content = await house.as_("ines").get(document["content_url"])
    assert document["filename"] == kept
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(kept, safe='')}"
    assert content.headers["content-disposition"] == disposition


async def test_who_may_see_a_document(house: House) -> None:
    case_id = await house.audit()
    plain = (await upload(house.as_("ines"))).json()["document_id"]
    internal = (await upload(house.as_("ines"), case_id=case_id)).json()["document_id"]
    shared = (await upload(house.as_("ines"), case_id=case_id, audience="SHARED")).json()["document_id"]
    hidden = await upload(house.as_("vito"), case_id=case_id, audience="SPONSOR")
    assert (hidden.status_code, hidden.json()["code"], [*hidden.json()["fields"]]) == (
        422,
        "form_invalid",
        ["audience"],
    )
    theirs = (await upload(house.as_("vito"), case_id=case_id)).json()
    assert (theirs["audience"], theirs["site_id"]) == ("SHARED", "VM-02")
    sees = {
        "tom": {plain, internal, shared, theirs["document_id"]},
        "vito": {shared, theirs["document_id"]},
        "wen": {shared, theirs["document_id"]},
        "olga": set[str](),
    }
    for user, expected in sees.items():
        for document in (plain, internal, shared, theirs["document_id"]):
            for path in (f"/v1/documents/{document}", f"/v1/documents/{document}/content"):
                answer = await house.as_(user).get(path)
                assert answer.status_code == (200 if document in expected else 404), (user, path)
        listed = (await house.as_(user).get("/v1/documents", case_id=case_id)).json()["items"]
        assert {item["document_id"] for item in listed} == expected - {plain}
    assert (await upload(house.as_("olga"), case_id=case_id)).status_code == 404
    assert (await house.as_("vito").get(f"/v1/documents/{shared}")).json()["uploaded_by"] is None


async def test_the_documents_of_a_case_come_in_pages(house: House) -> None:
    case_id = await house.audit()
    ids = [(await upload(house.as_("ines"), case_id=case_id)).json()["document_id"] for _ in range(11)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await house.as_("ines").get("/v1/documents", case_id=case_id, limit=4, **cursor)).json()
        found += [item["document_id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == ids


async def test_a_damaged_file_is_not_delivered_as_a_whole_one(house: House) -> None:
    ines = house.as_("ines")
    await upload(ines)
    [file] = files(house)
    file.chmod(0o640)
    file.write_bytes(PDF[:-1])
    answer = await ines.get("/v1/documents/DOC-1/content")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_nobody_gets_documents_without_signing_in(house: House) -> None:
    await upload(house.as_("ines"))
    for path in ("/v1/documents/DOC-1", "/v1/documents/DOC-1/content"):
        assert (await house.http.get(path)).status_code == 401
    assert (await house.http.post("/v1/documents?title=T&filename=t", content=PDF)).status_code == 401
    assert len(files(house)) == 1
