"""What the documentation names exists: files, folders, modules, code that it shows, and the rules of make."""

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md"))]
)
PACKAGES = "activities|api|bench|documentation|domain|embedded|records|tests|workflows"
PATH = re.compile(
    rf"(?<![\w./:-])((?:{PACKAGES}|docs|policy)/[\w./{{}}*-]*|[\w-]+\.(?:md|toml|yml|lock)|[\w-]+/[\w/-]+\.py)"
)
MODULE = re.compile(rf"(?<![\w./-])((?:{PACKAGES})(?:\.[A-Za-z_]\w*)+)")
SHOWN = re.compile(r'^```python title="([^"]+)"\n(.*?)^```', re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"<!-- to write -->\n *```.*?^ *```$", re.MULTILINE | re.DOTALL)
"""Code that a reader is told to write."""
COMMANDS = re.compile(r"(?:`|^)make ([a-z][a-z-]*)", re.MULTILINE)


def quoted(text: str) -> Iterator[str]:
    """What stands in code: between backticks, and in fenced blocks that show commands."""
    text = SHOWN.sub("", EXAMPLE.sub("", text))
    yield from re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def missing_paths(text: str) -> list[str]:
    named = {path.rstrip("./") for each in quoted(text) for path in PATH.findall(each)}
    return sorted(path for path in named if not any(ROOT.glob(re.sub(r"{\w+}", "*", path))))


def missing_modules(text: str) -> list[str]:
    named = {name for each in quoted(text) for name in MODULE.findall(each)}
    return sorted(name for name in named if not (is_module(name) or is_module(name.rpartition(".")[0], of=name)))


def is_module(name: str, *, of: str = "") -> bool:
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return False
    if spec is None or not of:
        return spec is not None
    source, last = Path(spec.origin or "").read_text(encoding="utf-8"), re.escape(of.rpartition(".")[2])
    return re.search(rf"^(?:class |(?:async )?def ){last}\b|^{last}\b.*=", source, re.MULTILINE) is not None


def differs(path: str, code: str) -> list[str]:
    """The lines of a piece of code that do not follow one another in a file."""
    lines, place = [line.strip() for line in (ROOT / path).read_text(encoding="utf-8").splitlines()], 0
    for line in filter(None, map(str.strip, code.splitlines())):
        if line not in lines[place:]:
            return [f"{path}: {line}"]
        place = lines.index(line, place) + 1
    return []


def test_what_is_named_exists() -> None:
    texts = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
    missing = {name: missing_paths(text) + missing_modules(text) for name, text in texts.items()}
    assert {name: faults for name, faults in missing.items() if faults} == {}


def test_code_that_is_shown_is_in_its_file() -> None:
    shown = [each for page in PAGES for each in SHOWN.findall(page.read_text(encoding="utf-8"))]
    assert len(shown) > 5
    assert [fault for path, code in shown for fault in differs(path, code)] == []


def test_paths_are_looked_for() -> None:
    assert missing_paths("`domain/audit/plan.py` and `domain/{context}/facts.py`, `policy/default.yaml`") == []
    assert missing_paths("`domain/audit_plan.py` `records/{context}/looks.py` `nowhere.toml`") == [
        "domain/audit_plan.py",
        "nowhere.toml",
        "records/{context}/looks.py",
    ]


def test_modules_are_looked_for() -> None:
    assert missing_modules("`records.core.journal` and `domain.core.forms.Process`, `python -m bench.race`") == []
    assert missing_modules("`records.scribe`, `domain.core.forms.Nothing`") == [
        "domain.core.forms.Nothing",
        "records.scribe",
    ]


def test_code_that_is_shown_is_compared() -> None:
    assert differs("domain/batch/facts/quality.py", "    hold = HoldType.DEVIATION\n    deviation_class: str\n") == []
    assert differs("domain/batch/facts/quality.py", "    deviation_class: str\n    hold = HoldType.DEVIATION\n") != []


def test_every_rule_of_make_that_is_named_exists() -> None:
    rules = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {rule for page in PAGES for rule in COMMANDS.findall(page.read_text(encoding="utf-8"))}
    assert {"up", "test", "docs", "check", "test-days", "test-all", "test-pythons"} <= named
    assert named - rules == set()
