"""Run tests under every supported Python that this machine offers, each in an environment of its own from the lock.

`python -m tests.pythons.each [tests]`; without arguments those of `TESTS`. The Python that runs this
is left out, for all other tests run under it. One that is not there is skipped, and said so.
"""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

from tests.pythons.offered import SUPPORTED, Offer, offer_of

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-dev.lock"
ENVIRONMENTS = ROOT / ".pythons"
TESTS = ("tests/pythons/test_start.py", "tests/scenarios/batch/test_certificate_of_analysis.py")
"""That everything starts, and one scenario that needs most of the libraries: units, Excel, documents, signatures."""


def main(tests: list[str]) -> int:
    """The number of Pythons under which something failed."""
    own = "{}.{}".format(*sys.version_info)
    failed = []
    for offer in [offer_of(version, os.environ["PATH"]) for version in SUPPORTED if version != own]:
        if offer.python is None:
            say(f"Python {offer.version}: SKIPPED, it is not tested here. {offer.reason}")
        elif not passes(offer, tests):
            failed.append(offer.version)
    say(f"Python {own} runs all other tests. Failed: {', '.join(failed) or 'none'}.")
    return len(failed)


def passes(offer: Offer, tests: list[str]) -> bool:
    say(f"Python {offer.version}: {offer.python}")
    python = installed(offer)
    command = (python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(tests or TESTS))
    # Only what is imported is compiled, and kept for the next time.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def installed(offer: Offer) -> Path:
    """The Python of the environment for one version, which holds exactly the lock."""
    folder = ENVIRONMENTS / offer.version
    state = sha256(LOCK.read_bytes() + str(offer.python).encode()).hexdigest()
    python, stamp = folder / "bin" / "python", folder / "installed"
    if stamp.exists() and stamp.read_text() == state:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "venv", "--quiet", "--no-project", "--python", str(offer.python), folder], check=True)
    subprocess.run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, LOCK], check=True)
    stamp.write_text(state)
    return python


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
