"""The project's own files agree with one another."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cli import app
from settings import PREFIX, Settings, variable

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}
UNPACKAGED = {"bench", "documentation", "tests"}

REGISTRY_HOSTS = re.compile(r"p[y]pi\.org|p[y]thonhosted|n[p]mjs\.(org|com)|d[e]bian\.org|crates\.i[o]")
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(w[o]rk|r[o]ot|h[o]me)/[\w.]")


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def modules() -> set[str]:
    return {path.stem for path in ROOT.glob("*.py")}


def packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - UNPACKAGED


def pins(lock: str) -> dict[str, set[str]]:
    """Every package of a lock with its versions; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(normal(name), set()).add(version)
    return found


def normal(requirement: str) -> str:
    return re.split(r"[\[<>=;\s]", requirement)[0].lower().replace("_", "-").replace(".", "-")


def required(*groups: str) -> set[str]:
    grouped = [each for group in groups for each in PROJECT["dependency-groups"][group] if isinstance(each, str)]
    return {normal(each) for each in [*PROJECT["project"]["dependencies"], *grouped]}


# ------------------------------------------------------------------------------ what is committed


@pytest.mark.parametrize("pattern", [REGISTRY_HOSTS, MACHINE_PATHS, re.compile(re.escape(f"{ROOT}/"))])
def test_no_file_names_a_package_registry_or_a_path_of_a_machine(pattern: re.Pattern[str]) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked_files()
        if (match := pattern.search(path.read_text(errors="ignore")))
    }
    assert found == set()


@pytest.mark.parametrize(
    "text", ["https://p" + "ypi.org/simple", "files.p" + "ythonhosted.org", "cd /w" + "ork/main", "'/r" + "oot/.cache'"]
)
def test_the_patterns_find_what_they_are_for(text: str) -> None:
    assert REGISTRY_HOSTS.search(text) or MACHINE_PATHS.search(text)


# ------------------------------------------------------------------------------ locks


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])]
)
def test_a_lock_holds_every_requirement_with_hashes(lock: str, groups: list[str]) -> None:
    assert required(*groups) - set(pins(lock)) == set(), "run `make lock`"
    entries = re.split(r"\n(?=[\w.-]+(?:\[[\w,-]+\])?==)", (ROOT / lock).read_text())[1:]
    assert len(entries) >= len(pins(lock))
    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_a_lock_holds_nothing_that_is_no_longer_required() -> None:
    direct = {
        normal(name)
        for lock in ("requirements.lock", "requirements-dev.lock")
        for name, via in re.findall(r"^([\w.-]+)\S*==[^#]*((?:# .*\s*)+)", (ROOT / lock).read_text(), re.MULTILINE)
        if "vetted (pyproject.toml" in via
    }
    assert direct == required("build", "dev"), "run `make lock`"


def test_tests_run_with_the_versions_that_production_runs_with() -> None:
    production, development = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: development.get(name) for name in production} == production


# ------------------------------------------------------------------------------ modules


def test_every_module_and_package_is_installed() -> None:
    setuptools = PROJECT["tool"]["setuptools"]
    assert set(setuptools["py-modules"]) == modules()
    named = {pattern.removesuffix("*") for pattern in setuptools["packages"]["find"]["include"]}
    assert {package for package in packages() if package not in named} == set()
    copied = set(re.findall(r"^COPY (\w+) \1$", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    assert copied == named


def test_every_module_is_in_the_layers_and_every_rule_holds_for_all() -> None:
    linter = PROJECT["tool"]["importlinter"]
    contracts = {contract["name"]: contract for contract in linter["contracts"]}
    layered = {name for layer in contracts["Imports point one way"]["layers"] for name in re.split(r"[ |]+", layer)}
    entry_points = contracts["Nothing imports the entry points"]
    assert layered == packages() == set(linter["root_packages"]) == set(entry_points["source_modules"])
    assert {*entry_points["forbidden_modules"], "settings"} == modules()


def test_types_are_checked_everywhere() -> None:
    mypy = PROJECT["tool"]["mypy"]
    assert set(mypy["modules"]) == modules()
    assert set(mypy["packages"]) == packages() | {path.name for path in ROOT.iterdir() if path.name in UNPACKAGED}


# ------------------------------------------------------------------------------ production


def test_every_service_of_ours_runs_a_command_that_exists() -> None:
    assert set(OURS) == {"migrate", "api", "worker"}
    for service in OURS.values():
        assert CliRunner().invoke(app, [*service["command"], "--help"]).exit_code == 0
    assert CliRunner().invoke(app, ["no-such-command", "--help"]).exit_code != 0
    assert 'ENTRYPOINT ["vetted"]' in (ROOT / "Dockerfile").read_text()


def test_every_variable_of_production_is_a_setting() -> None:
    known = {variable(name) for name in Settings.model_fields}
    named = {name for service in OURS.values() for name in service["environment"]}
    named |= set(re.findall(rf"{PREFIX}\w+", (ROOT / "docker-compose.yml").read_text()))
    assert named - known == set()


def test_the_settings_of_production_are_accepted() -> None:
    def as_with_passwords_alone(value: str) -> str:
        return re.sub(r"\$\{\w+:\?\}", "s" * 32, re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value))

    for service in OURS.values():
        environment = service["environment"].items()
        given = {name.removeprefix(PREFIX).lower(): as_with_passwords_alone(value) for name, value in environment}
        assert Settings.model_validate(given).mode == "production"


def test_every_image_has_one_exact_version() -> None:
    images = [service["image"] for service in COMPOSE["services"].values()]
    assert [image for image in images if not re.fullmatch(r"[a-z/-]+:\d+\.\d+(\.\d+)?", image)] == []


def test_services_wait_for_what_they_need() -> None:
    waits = {
        name: {other: rule["condition"].removeprefix("service_") for other, rule in needs.items()}
        for name, service in COMPOSE["services"].items()
        for needs in [service.get("depends_on", {})]
    }
    done, healthy = "completed_successfully", "healthy"
    assert waits == {
        "postgres": {},
        "temporal-schema": {"postgres": healthy},
        "temporal": {"temporal-schema": done},
        "temporal-namespace": {"temporal": healthy},
        "temporal-ui": {"temporal": healthy},
        "migrate": {"postgres": healthy},
        "api": {"migrate": done, "temporal-namespace": done},
        "worker": {"migrate": done, "temporal-namespace": done},
    }
    for service in waits.values():
        for other, condition in service.items():
            assert condition == done or "healthcheck" in COMPOSE["services"][other]


def test_only_this_machine_reaches_published_ports_and_never_temporal_itself() -> None:
    ports = [port for service in COMPOSE["services"].values() for port in service.get("ports", [])]
    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []
    assert "ports" not in COMPOSE["services"]["temporal"]


def test_every_setting_says_what_is_expected() -> None:
    undescribed = [name for name, field in Settings.model_fields.items() if not field.description]
    assert undescribed == []
