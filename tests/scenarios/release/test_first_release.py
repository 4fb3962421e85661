"""The lines of the tutorial on a first release work as they are printed, where the site may make the batch."""

import asyncio
import os
import re
import shlex
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.api.serving import served
from tests.company import Company
from tests.scenarios.making import fit

ROOT = Path(__file__).parents[3]
PRINTED = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MINUTES = timedelta(minutes=4)
"""No script takes longer."""
TUTORIAL = ROOT / "docs" / "tutorials" / "first-release.md"
DATE = """#!{python}
import sys
from datetime import UTC, datetime, timedelta
sys.stdout.write((datetime.now(UTC) + timedelta(seconds={ahead})).strftime(sys.argv[-1].removeprefix("+")) + "\\n")
"""
"""What the shell says of the day: that of the company, whose clock may be ahead."""


async def paste(company: Company, script: str) -> tuple[int, str, str]:
    """Type a script into a shell whose client talks to the company. Returns its code, and what it prints.

    All of its steps happen on one day, at a site whose days are those of UTC: no midnight comes in between.
    """
    if (later := company.now + MINUTES).date() > company.today:
        await company.comes(datetime.combine(later.date(), time(0, 1), UTC))
    script = script.replace(".venv/bin/python", shlex.quote(sys.executable))
    assert company.app is not None
    folder = company.settings.data_dir / "shell"
    folder.mkdir()
    (folder / "date").write_text(DATE.format(python=sys.executable, ahead=company.ahead[0].total_seconds()))
    (folder / "date").chmod(0o755)
    async with served(company.app) as port:
        environ = {
            **os.environ,
            "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
            "VETTED_API_PORT": str(port),
            "VETTED_DATA_DIR": str(company.settings.data_dir),
        }
        shell = await asyncio.create_subprocess_exec(
            "sh", "-euc", script, cwd=ROOT, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        told, complaints = await shell.communicate()
    return shell.returncode or 0, told.decode(), complaints.decode()


@pytest.mark.timeout(600)
async def test_the_first_release_works_as_printed(company: Company) -> None:
    await fit(company)
    code, told, complaints = await paste(company, "".join(PRINTED.findall(TUTORIAL.read_text())))
    assert (code, complaints) == (0, ""), told
    assert "BAT-1 certify: Certify" in told
    batch = await company.ines.sees("BAT-1")
    assert batch["stage"] == "RELEASED"
    assert {each["market"]: each["decision"] for each in batch["batch"]["markets"]} == {
        "EU": "RELEASE",
        "US": "RELEASE",
    }
    assert (await company.ines.sees("SHP-1"))["closed_at"] is not None


async def test_a_site_that_is_not_qualified_is_told_by_the_words_of_the_tutorial(company: Company) -> None:
    first = PRINTED.findall(TUTORIAL.read_text())[0]
    code, _, complaints = await paste(company, first)
    assert code == 1
    assert complaints.splitlines()[0] in TUTORIAL.read_text()
