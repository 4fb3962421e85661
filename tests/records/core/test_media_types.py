import io
import zipfile

import pytest

from records.core.documents.media_types import Recogniser, UnknownMediaType

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)


def office(folder: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("_rels/.rels", "<Relationships/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
    return file.getvalue()


def recognise(data: bytes, filename: str, step: int = 1000) -> str:
    recogniser = Recogniser(filename)
    for start in range(0, len(data), step):
        recogniser.feed(data[start : start + step])
    return recogniser.finish()


@pytest.mark.parametrize(
    ("data", "filename", "expected"),
    [
        (PDF, "report.pdf", "application/pdf"),
        (PDF, "report.txt", "application/pdf"),
        (PNG, "photo.png", "image/png"),
        (JPEG, "photo.jpg", "image/jpeg"),
        (office("word"), "sop.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (office("xl"), "list.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("Prüfbericht\nalles gut\n".encode(), "note.txt", "text/plain"),
        ("\ufeffa;b\n1;2\n".encode(), "list.csv", "text/csv"),
        ("Prüfung;Wert\n1;2\n".encode("cp1252"), "list.csv", "text/csv"),
        ("Prüfung;Wert\n1;2\n".encode("utf-16"), "list.csv", "text/csv"),
        (b'{"lot": 1}', "lot.json", "application/json"),
        (b"lot: 1", "lot.json", "text/plain"),
        (b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n", "mail.eml", "message/rfc822"),
        (b"hello", "mail.eml", "text/plain"),
        (("ü" * 9001).encode(), "long.txt", "text/plain"),
    ],
)
def test_files_are_known_by_their_content(data: bytes, filename: str, expected: str) -> None:
    assert recognise(data, filename) == expected
    assert recognise(data, filename, step=7) == expected


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03\x00\x00\x00" + bytes(100),
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"<!DOCTYPE html><html></html>",
        b"  <script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<?xml version="1.0"?><a/>',
        b"#!/bin/sh\nrm -rf /\n",
        b"GIF89a" + bytes(50),
        b"\x00\x01\x02 binary",
        b"caf\xe9 in latin-1",
        b"Rar!\x1a\x07\x00" + bytes(50),
        b"plain at first\n" * 1000 + b"\x00\x01",
        b"plain at first\n" * 1000 + b"\xff\xfe",
        b"cut in a character \xc3",
    ],
)
def test_other_files_are_refused_whatever_they_are_called(data: bytes) -> None:
    for filename in ("report.pdf", "note.txt", "x"):
        with pytest.raises(UnknownMediaType):
            recognise(data, filename)


@pytest.mark.parametrize(
    "data",
    [
        b"MZ\x90\x00\x03" + bytes(100),
        b"\x00\x01\x02 binary",
        b"no \x81 letter",
        "<html>".encode("utf-16"),
        b"\xff\xfea",
    ],
)
def test_a_table_is_text_in_whatever_encoding(data: bytes) -> None:
    with pytest.raises(UnknownMediaType):
        recognise(data, "list.csv")
