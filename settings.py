"""All settings of the program, read from the environment here and nowhere else.

A field `api_port` is the variable `VETTED_API_PORT`. `VETTED_API_PORT_FILE` names a file that holds the value instead,
for secrets. An empty variable counts as not set.
"""

import difflib
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

PREFIX = "VETTED_"
FROM_FILE = "_FILE"

Port = Annotated[int, Field(ge=1, le=65535)]
Folder = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]


class SettingsError(Exception):
    """A variable has a value that cannot be used. The message names the variable and what was expected."""


class Mode(StrEnum):
    """`embedded`: one machine, started by `vetted dev`. `production`: every part is run by operations."""

    EMBEDDED = "embedded"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Settings(BaseModel):
    """The settings of one process. The text below a field is what an error message says was expected."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    mode: Mode = Mode.EMBEDDED
    """embedded or production"""
    log_level: LogLevel = LogLevel.INFO
    """debug, info, warning or error"""
    data_dir: Folder = Field(default=Path(".vetted"), validate_default=True)
    """the folder of everything the embedded mode keeps"""

    api_host: str = "127.0.0.1"
    """the address the API listens on"""
    api_port: Port = 8000
    """the API's port, 1 to 65535"""
    public_url: str = Field(default_factory=lambda given: f"http://{given['api_host']}:{given['api_port']}")
    """the address under which people reach the API, as written into e-mails and links"""

    temporal_port: Port = 7233
    """the port of the embedded Temporal server, 1 to 65535"""
    temporal_address: str = Field(default_factory=lambda given: f"127.0.0.1:{given['temporal_port']}")
    """host:port of the Temporal server"""
    temporal_namespace: str = "default"
    """a namespace of the Temporal server"""
    task_queue: str = "vetted"
    """the task queue that the workers poll"""
    ui_port: Port = 8233
    """the port of the embedded Temporal UI, 1 to 65535"""
    ui_url: str = Field(default_factory=lambda given: f"http://127.0.0.1:{given['ui_port']}")
    """the address under which people reach the Temporal UI"""

    database_url: str = Field(
        default_factory=lambda given: f"sqlite+aiosqlite:///{given['data_dir'] / 'vetted.db'}",
        pattern=r"^(sqlite\+aiosqlite|postgresql\+psycopg)://",
        repr=False,
    )
    """sqlite+aiosqlite:///... or postgresql+psycopg://..."""
    document_dir: Folder = Field(default_factory=lambda given: given["data_dir"] / "documents")
    """the folder of the documents"""

    token_secret: str = Field(default="", repr=False)
    """the key that bearer tokens are signed with, at least 32 characters; the embedded mode makes its own"""
    dev_password: str = Field(default="vetted", min_length=1, repr=False)
    """the password of the people that the embedded mode creates"""

    smtp_url: str = Field(default="", pattern=r"^(smtps?://.+)?$", repr=False)
    """smtp://user:password@host:port or smtps://...; empty puts every mail into the folder mailbox"""
    mail_from: str = Field(default="vetted@localhost", pattern=r"^[^@\s]+@[^@\s]+$")
    """the sender of all mail, an e-mail address"""
    allow_private_webhooks: bool = False
    """true or false: whether webhooks may go to private addresses"""

    @property
    def mailbox_dir(self) -> Path:
        """The folder that takes the mail while there is no `smtp_url`."""
        return self.data_dir / "mailbox"

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.token_secret and len(self.token_secret) < 32:
            raise ValueError("VETTED_TOKEN_SECRET must have at least 32 characters.")
        if len({self.api_port, self.temporal_port, self.ui_port}) < 3:
            raise ValueError("VETTED_API_PORT, VETTED_TEMPORAL_PORT and VETTED_UI_PORT must be three different ports.")
        required = ("token_secret", "database_url", "temporal_address", "public_url")
        missing = [variable(name) for name in required if name not in self.model_fields_set]
        if self.mode is Mode.PRODUCTION and missing:
            raise ValueError(f"VETTED_MODE=production also needs {', '.join(missing)}.")
        return self


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def load(environ: Mapping[str, str] = os.environ, *, makes_secret: bool = True) -> Settings:
    """Read the settings. Raises `SettingsError`.

    In the embedded mode the token secret is made on first use. Without `makes_secret` nothing is created, and the
    secret stays empty.
    """
    try:
        settings = Settings.model_validate(_given(environ))
    except ValidationError as error:
        raise SettingsError(_explained(error)) from None
    if makes_secret and settings.mode is Mode.EMBEDDED and not settings.token_secret:
        return settings.model_copy(update={"token_secret": _kept_secret(settings.data_dir)})
    return settings


def _given(environ: Mapping[str, str]) -> dict[str, str]:
    known = {variable(name): name for name in Settings.model_fields}
    given: dict[str, str] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX) or not value:
            continue
        in_file = key not in known and key.endswith(FROM_FILE)
        plain = key.removesuffix(FROM_FILE) if in_file else key
        if plain not in known:
            close = difflib.get_close_matches(plain, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            raise SettingsError(f"{key} is not a setting.{hint}")
        given[known[plain]] = _content(key, Path(value)) if in_file else value
    return given


def _content(key: str, path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"{key} names a file that cannot be read: {error.strerror}.") from None


def _explained(error: ValidationError) -> str:
    sentences = []
    for problem in error.errors():
        if problem["type"] == "default_factory_not_called":
            continue
        if not problem["loc"]:
            sentences.append(str(problem["ctx"]["error"]))
            continue
        name = str(problem["loc"][0])
        field = Settings.model_fields[name]
        value = f" is {problem['input']!r} but" if field.repr else ""
        wanted = str(field.description).removesuffix("...")
        sentences.append(f"{variable(name)}{value} must be {wanted}.")
    return "\n".join(sentences)


def _kept_secret(data_dir: Path) -> str:
    """The secret of this data directory. Written whole or not at all: two processes may start at once."""
    path = data_dir / "token-secret"
    try:
        if not path.exists():
            data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = path.with_name(f"token-secret.{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text()
    except OSError as error:
        raise SettingsError(
            f"VETTED_DATA_DIR ({data_dir}) must be a folder that can be written: {error.strerror}."
        ) from None


def describe(settings: Settings) -> dict[str, object]:
    """The settings without the secret ones, for `vetted doctor`."""
    return {variable(name): getattr(settings, name) for name, field in Settings.model_fields.items() if field.repr}
