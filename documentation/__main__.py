"""`python -m documentation`: write the pages of the reference, or with `--check` say which are not as they would be."""

import sys
from pathlib import Path

from documentation import contexts, facts, listings, policy, procedures
from documentation.markdown import cited

DOCS = Path(__file__).parents[1] / "docs"
REFERENCE = DOCS / "reference"


def pages() -> dict[str, str]:
    """All pages and pictures that are made from the code, by their path in the reference."""
    shipped = policy.shipped()
    made = {
        **procedures.pages(shipped),
        "commands.md": listings.commands_page(),
        "contexts.md": contexts.contexts_page(),
        "events.md": listings.events_page(),
        "facts.md": facts.facts_page(),
        "policy.md": policy.policy_page(shipped),
        "refusals.md": listings.refusals_page(),
        "roles.md": listings.roles_page(),
        "routes.md": listings.routes_page(),
        "settings.md": listings.settings_page(),
    }
    written = {name: cited(text, _sections("../" * (name.count("/") + 1))) for name, text in made.items()}
    return {**written, "floors.svg": contexts.floors_picture()}


def _sections(up: str) -> dict[int, str]:
    """The pages of the specification by the number of their section, as seen from so far below."""
    numbered = (path.name for path in (DOCS / "specification").glob("[0-9]*.md"))
    return {int(name.partition("-")[0]): f"{up}specification/{name}" for name in numbered}


def differences(made: dict[str, str], folder: Path) -> list[str]:
    """The pages that are missing, stale or left over."""
    files = (path for path in folder.rglob("*") if path.is_file())
    kept = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return sorted(name for name in made.keys() | kept.keys() if made.get(name) != kept.get(name))


def write(made: dict[str, str], folder: Path) -> None:
    """Write all pages, and remove what is no page any more."""
    for name in differences(made, folder):
        path = folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8")
        else:
            path.unlink()


def main(arguments: list[str]) -> int:
    """Returns the exit code: 1 if pages differ from what the code says."""
    if arguments != ["--check"]:
        write(pages(), REFERENCE)
        return 0
    stale = differences(pages(), REFERENCE)
    if stale:
        sys.stderr.write(f"docs/reference does not say what the code says; run `make docs`: {', '.join(stale)}\n")
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
