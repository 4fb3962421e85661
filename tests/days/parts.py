"""The stories in parts, from every start: what a run consists of, and what is left of it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.days.starts import STARTS, Start

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "tests" / "scenarios"
PARTS = 6
SAMPLE = 1


@dataclass(frozen=True)
class Part:
    """A part of the stories that is told from a start."""

    start: Start
    number: int
    files: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.start.name}, part {self.number} of {PARTS}"


def all_parts() -> list[Part]:
    """Every story from every start, the larger files dealt out first."""
    sized = sorted(STORIES.rglob("test_*.py"), key=lambda path: (-path.stat().st_size, path.name))
    hands = [tuple(str(path.relative_to(ROOT)) for path in sized[n::PARTS]) for n in range(PARTS)]
    return [Part(start, n + 1, files) for start in STARTS for n, files in enumerate(hands)]


def sample(parts: Sequence[Part], commit: str) -> list[Part]:
    """Some of the parts, other ones with every commit; of several no two are from one start."""
    number, starts = int(sha256(commit.encode()).hexdigest(), 16), len(parts) // PARTS
    chosen = [((number + n * (starts // SAMPLE)) % starts, (number // starts + n) % PARTS) for n in range(SAMPLE)]
    return [parts[start * PARTS + part] for start, part in chosen]


def commit() -> str:
    """What tells this state of the files from others: the commit, and what was changed since; none outside of git."""
    head, changes = (_git("rev-parse", "HEAD").strip(), _git("diff", "HEAD"))
    return f"{head[:12]}-{sha256(changes.encode()).hexdigest()[:8]}" if changes else head[:12]


def _git(*arguments: str) -> str:
    done = subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


class Told:
    """The parts that have come true for a state of the files. A run that is broken off goes on after them."""

    def __init__(self, state: str) -> None:
        self._file = ROOT / ".pytest_cache" / "days" / f"{state or 'files'}.json"
        self.names: list[str] = json.loads(self._file.read_text()) if self._file.exists() else []

    def add(self, part: Part) -> None:
        """Keep that a part has come true."""
        self.names.append(part.name)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self.names))
