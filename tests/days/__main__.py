"""Tell the stories from other days than today: `make test-days`, as often as it says that something is left.

The clock is that of the companies of the tests (tests/begins.py). libfaketime would move the whole process instead,
its timeouts and the certificates it trusts included, and the workflow server, which is a process of its own.
"""

import os
import signal
import subprocess
import sys
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from time import monotonic

from tests.begins import BEGINS
from tests.days.parts import ROOT, Part, Told, all_parts, commit, sample

UNFINISHED = 2
"""The status with which a run ends that has something left."""


def main() -> int:
    """Tell a sample, or what is left for as long as there is time; the status is that of the process."""
    parser = ArgumentParser(prog="python -m tests.days", description="Tell the stories from other days than today.")
    parser.add_argument("--sample", action="store_true", help="a few parts, other ones with every commit")
    parser.add_argument("--minutes", type=float, default=30, help="stop after so many (30)")
    options = parser.parse_args()
    told = Told(commit())
    chosen = sample(all_parts(), commit()) if options.sample else all_parts()
    left, failed, longest = [part for part in chosen if part.name not in told.names], list[Part](), 0.0
    ends = monotonic() + options.minutes * 60
    while left and longest < ends - monotonic():
        begun, part = monotonic(), left.pop(0)
        status = _tell(part, ends - begun)
        longest = max(longest, monotonic() - begun)
        if status is None:
            left.insert(0, part)
            break
        (told.add if status else failed.append)(part)
    for part in failed:
        _say(f"Failed: {part.name}")
    _say(f"{len(chosen) - len(left) - len(failed)} of {len(chosen)} parts have come true, {len(left)} are left.")
    return 1 if failed else UNFINISHED if left else 0


def _tell(part: Part, seconds: float) -> bool | None:
    """Whether a part has come true; `None` if there was no time for it."""
    begins = part.start.after(datetime.now(UTC) + timedelta(hours=1)).isoformat()
    _say(f"Stories from {part.name}: {BEGINS}={begins} pytest {' '.join(part.files)}")
    tests = ("-m", "pytest", "-q", "--numprocesses", "logical", "--dist", "loadfile", "-p", "no:cacheprovider")
    moved = os.environ | {BEGINS: begins, "PYTHONHASHSEED": "0"}
    process = subprocess.Popen((sys.executable, *tests, *part.files), cwd=ROOT, env=moved)
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.wait()
        return None


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
