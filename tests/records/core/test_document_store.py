import asyncio
import hashlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.core.refusals import Code, Refused
from records.core.documents.store import DamagedFile, DocumentStore

MIB = 1 << 20
TEXT = b"evidence\n" * 300_000


async def chunks(data: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def breaks_off(data: bytes) -> AsyncIterator[bytes]:
    yield data
    raise ConnectionResetError


async def content(store: DocumentStore, sha256: str, size: int) -> bytes:
    return b"".join([block async for block in await store.read(sha256, size)])


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path: Path) -> DocumentStore:
    return DocumentStore(tmp_path)


async def test_a_file_is_kept_under_its_hash(store: DocumentStore, tmp_path: Path) -> None:
    kept = await store.keep(chunks(TEXT), filename="log.txt", limit=10 * MIB)
    digest = hashlib.sha256(TEXT).hexdigest()
    assert (kept.sha256, kept.size, kept.media_type) == (digest, len(TEXT), "text/plain")
    assert files(tmp_path) == [tmp_path / "sha256" / digest[:2] / digest]
    assert files(tmp_path)[0].stat().st_mode & 0o777 == 0o440
    assert await content(store, digest, kept.size) == TEXT


async def test_the_same_file_is_kept_once_even_at_once(store: DocumentStore, tmp_path: Path) -> None:
    kept = await asyncio.gather(
        *(store.keep(chunks(TEXT, 50_000 + number), filename="log.txt", limit=10 * MIB) for number in range(5))
    )
    assert len(set(kept)) == 1
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("data", "limit", "code"),
    [
        (b"", MIB, Code.FORM_INVALID),
        (b"x" * (MIB + 1), MIB, Code.TOO_LARGE),
        (b"x" * (3 * MIB), MIB, Code.TOO_LARGE),
        (b"\x7fELF" + bytes(9000), MIB, Code.MEDIA_TYPE),
        (b"text " * 10_000 + b"\x00", MIB, Code.MEDIA_TYPE),
    ],
)
async def test_a_refused_file_leaves_nothing_behind(
    store: DocumentStore, tmp_path: Path, data: bytes, limit: int, code: Code
) -> None:
    with pytest.raises(Refused) as refused:
        await store.keep(chunks(data), filename="log.txt", limit=limit)
    assert refused.value.refusal.code is code
    assert files(tmp_path) == []


async def test_a_file_of_just_the_limit_is_kept(store: DocumentStore) -> None:
    assert (await store.keep(chunks(b"x" * MIB), filename="log.txt", limit=MIB)).size == MIB


async def test_an_upload_that_breaks_off_leaves_nothing_behind(store: DocumentStore, tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        await store.keep(breaks_off(TEXT), filename="log.txt", limit=10 * MIB)
    assert files(tmp_path) == []


async def test_a_damaged_file_is_never_read_to_its_end(store: DocumentStore, tmp_path: Path) -> None:
    kept = await store.keep(chunks(TEXT), filename="log.txt", limit=10 * MIB)
    [path] = files(tmp_path)
    path.chmod(0o640)
    path.write_bytes(TEXT[:-1] + b"X")
    blocks = await store.read(kept.sha256, kept.size)
    got = [await anext(blocks), await anext(blocks)]
    with pytest.raises(DamagedFile):
        await anext(blocks)
    assert len(b"".join(got)) < len(TEXT)


@pytest.mark.parametrize("damage", ["missing", "short"])
async def test_a_missing_or_short_file_is_told_before_the_first_byte(
    store: DocumentStore, tmp_path: Path, damage: str
) -> None:
    kept = await store.keep(chunks(TEXT), filename="log.txt", limit=10 * MIB)
    [path] = files(tmp_path)
    path.unlink()
    if damage == "short":
        path.write_bytes(TEXT[:-1])
    with pytest.raises(Refused) as refused:
        await store.read(kept.sha256, kept.size)
    assert refused.value.refusal.code is Code.UNAVAILABLE


async def test_uploading_a_damaged_file_again_mends_it(store: DocumentStore, tmp_path: Path) -> None:
    kept = await store.keep(chunks(TEXT), filename="log.txt", limit=10 * MIB)
    [path] = files(tmp_path)
    path.chmod(0o640)
    path.write_bytes(TEXT[:-1] + b"X")
    await store.keep(chunks(TEXT), filename="log.txt", limit=10 * MIB)
    assert await content(store, kept.sha256, kept.size) == TEXT
    assert len(files(tmp_path)) == 1


UPLOAD_FOR_EVER = """
import asyncio, sys
from pathlib import Path
from records.core.documents.store import DocumentStore

async def endless():
    while True:
        yield b"x" * 65536
        print("written", flush=True)
        await asyncio.sleep(0.05)

asyncio.run(DocumentStore(Path(sys.argv[1])).keep(endless(), filename="a.txt", limit=1 << 40))
"""


async def test_only_uploads_of_killed_processes_are_swept(store: DocumentStore, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UPLOAD_FOR_EVER, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"written\n"
    assert len(files(tmp_path)) == 1
    assert store.sweep() == 0
    os.kill(process.pid, signal.SIGKILL)
    await process.communicate()
    assert len(files(tmp_path)) == 1
    assert store.sweep() == 1
    assert files(tmp_path) == []
    assert store.sweep() == 0
