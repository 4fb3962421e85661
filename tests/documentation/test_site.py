"""The site is built without a broken link, and loads nothing from elsewhere; the other pages lead somewhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOADS = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)""")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    shutil.copy(ROOT / "zensical.toml", folder)
    zensical = Path(sys.executable).with_name("zensical")
    return subprocess.run((zensical, "build", "--strict"), cwd=folder, capture_output=True, text=True, check=False)


def test_the_site_is_built_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    done = built(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {
        path.relative_to(tmp_path / "site").as_posix(): path.read_text() for path in tmp_path.rglob("site/**/*.html")
    }
    assert len(pages) > 50
    assert {name: LOADS.findall(text) for name, text in pages.items() if LOADS.search(text)} == {}
    styles = "".join(path.read_text() for path in (tmp_path / "site").rglob("*.css"))
    assert re.findall(r"url\([\"']?(?:https?:)?//[^)]*|@import", styles) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    (tmp_path / "docs" / "index.md").write_text("# Vetted\n\n[There](tutorials/first-audit.md#nowhere) is nothing.\n")
    done = built(tmp_path)
    assert done.returncode != 0
    assert "anchor does not exist" in done.stdout + done.stderr


def test_what_loads_from_elsewhere_would_be_found() -> None:
    assert LOADS.findall('<script async src="https://cdn.example/a.js">') == ["https://cdn.example/a.js"]
    assert LOADS.findall("<link rel=stylesheet href=//fonts.example/a.css>") == ["//fonts.example/a.css"]
    assert LOADS.findall('<a href="https://example.org">') == []


def test_every_page_is_in_the_navigation() -> None:
    listed = re.findall(r'"([^"]+\.md)"', (ROOT / "zensical.toml").read_text())
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert sorted(listed) == sorted(pages)


def test_links_and_pictures_lead_to_files() -> None:
    outside = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
    found = [
        (path, link) for path in (*outside, *(ROOT / "docs").rglob("*.md")) for link in LINK.findall(path.read_text())
    ]
    assert found
    assert [f"{path.name}: {link}" for path, link in found if not (path.parent / link).exists()] == []


def test_the_readme_stays_an_entrance() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    declared = {re.split(r"[\[<>=]", each)[0] for group in groups for each in group if isinstance(each, str)}
    reasons = (ROOT / "docs/explanation/dependencies.md").read_text()
    named = {name for row in re.findall(r"^\| ([a-z0-9, -]+) \|", reasons, re.MULTILINE) for name in row.split(", ")}
    assert declared == named - {"---"}
