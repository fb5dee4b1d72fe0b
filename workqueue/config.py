"""Settings, read once from the environment; a bad value stops the start with a sentence."""

import fcntl
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from workqueue.rules.emails import NotAnEmail, to_address

SHORTEST_SECRET = 32
NOBODY = "workqueue@localhost"
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PROJECT = Path(__file__).resolve().parent.parent


class ConfigError(Exception):
    """One setting cannot be used; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class Config:
    """All that the environment decides. Empty addresses mean: the embedded servers."""

    home: Path
    secret_key: str
    database_url: str = ""
    redis_url: str = ""
    port: int = 8000
    lease: timedelta = timedelta(minutes=15)
    proxy_hops: int = 0
    """How many proxies of ours stand before the web process; what more of them say is not believed."""
    smtp_url: str = ""
    """Where mail is handed over; empty: it is put into the folder `mail` of the home folder."""
    mail_from: str = NOBODY
    text_url: str = ""
    """The provider of texts, with account and secret; empty: they go into the folder `texts` of the home."""
    text_from: str = ""
    """The number that texts come from, in international form or short."""
    public_url: str = ""
    """Under which address people open the office in their browser; empty: this machine."""

    @property
    def address(self) -> str:
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def text_secret(self) -> str:
        """What the provider signs its reports with; empty where there is no provider."""
        return unquote(urlsplit(self.text_url).password or "")

    @property
    def is_embedded(self) -> bool:
        return not self.database_url

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        env = os.environ if environ is None else environ
        home = _home(env.get("WORKQUEUE_HOME", ""))
        database_url, redis_url = _addresses(env)
        return cls(
            home=home,
            secret_key=_secret_key(env.get("SECRET_KEY", ""), home, is_embedded=not database_url),
            database_url=database_url,
            redis_url=redis_url,
            port=_whole_number(env, "PORT", default=8000, least=1, most=65535),
            lease=timedelta(
                seconds=_whole_number(env, "LEASE_SECONDS", default=900, least=30, most=24 * 3600)
            ),
            proxy_hops=_whole_number(env, "PROXY_HOPS", default=0, least=0, most=5),
            smtp_url=_smtp_url(env.get("SMTP_URL", "")),
            mail_from=_mail_from(env),
            text_url=_text_url(env.get("TEXT_URL", "")),
            text_from=_text_from(env),
            public_url=_public_url(env),
        )


def kept_secret(home: Path, name: str) -> str:
    """Return the secret of this name, made on first use, kept in the home folder for its owner only."""
    path = home / "secrets.json"
    try:
        make_home(home)
        with os.fdopen(os.open(home / "secrets.lock", os.O_RDWR | os.O_CREAT, 0o600)) as lock:
            # Two first starts at once must agree on one secret.
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
            if name not in kept:
                kept[name] = secrets.token_urlsafe(32)
                # Written beside and renamed: a crash in between leaves the old file whole.
                beside = path.with_suffix(".new")
                beside.unlink(missing_ok=True)
                beside.touch(mode=0o600)
                beside.write_text(json.dumps(kept, indent=1))
                beside.replace(path)
    except (OSError, ValueError) as error:
        raise ConfigError(f"WORKQUEUE_HOME: {path} cannot be read or written ({error}).") from error
    return kept[name]


def config_or_exit() -> Config:
    """Read the environment, or end the program with the sentence that says why it cannot start."""
    try:
        return Config.from_env()
    except ConfigError as error:
        sys.exit(f"Workqueue does not start. {error}")


def make_home(home: Path) -> None:
    # As root the servers run as another user, who has to pass through.
    home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)


def _home(text: str) -> Path:
    home = Path(text).expanduser() if text else PROJECT / "instance"
    if home.exists() and not home.is_dir():
        raise ConfigError(f"WORKQUEUE_HOME is {text}, which is a file; name a folder.")
    return home.resolve()


def _addresses(env: Mapping[str, str]) -> tuple[str, str]:
    database_url, redis_url = env.get("DATABASE_URL", ""), env.get("REDIS_URL", "")
    if bool(database_url) != bool(redis_url):
        given, missing = ("DATABASE_URL", "REDIS_URL") if database_url else ("REDIS_URL", "DATABASE_URL")
        raise ConfigError(
            f"{given} is set and {missing} is not. Set both to use your own servers, or neither to use "
            "the embedded ones."
        )
    if not database_url:
        return "", ""
    return _database_url(database_url), _redis_url(redis_url)


def _database_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"} or not rest:
        raise ConfigError(
            f"DATABASE_URL starts with {scheme!r}; only PostgreSQL is supported, for example "
            "postgresql://user:password@host:5432/workqueue."
        )
    if not urlsplit(text).path.strip("/"):
        raise ConfigError("DATABASE_URL names no database; add /workqueue (or your name for it) at its end.")
    # Said in full, so that no other installed driver is picked.
    return f"postgresql+psycopg://{rest}"


def _redis_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    # The client library knows no valkey:// although the server is the same.
    known = {"valkey": "redis", "valkeys": "rediss", "redis": "redis", "rediss": "rediss", "unix": "unix"}
    if scheme not in known or not rest:
        raise ConfigError(
            f"REDIS_URL starts with {scheme!r}; write redis://, rediss:// or unix://, for example "
            "redis://:password@host:6379/0."
        )
    return f"{known[scheme]}://{rest}"


def _smtp_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname):
        raise ConfigError(
            "SMTP_URL names no mail server; write smtp://host:25 or smtps://user:password@host:465."
        )
    return text


def _mail_from(env: Mapping[str, str]) -> str:
    address = env.get("MAIL_FROM", "")
    if not address and env.get("SMTP_URL"):
        raise ConfigError("SMTP_URL is set and MAIL_FROM is not: name the address that mail comes from.")
    if not address:
        return NOBODY
    try:
        return to_address(address)
    except NotAnEmail as refusal:
        raise ConfigError(f"MAIL_FROM is {address!r}. {refusal.sentence}") from None


def _text_url(text: str) -> str:
    parts = urlsplit(text)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if text and not (is_safe and parts.hostname and parts.username and parts.password and parts.path):
        raise ConfigError(
            "TEXT_URL names no provider of texts; write https://ACCOUNT:TOKEN@host/path/Messages.json. "
            "Without TLS only a provider on this machine is spoken to."
        )
    return text


def _text_from(env: Mapping[str, str]) -> str:
    number = env.get("TEXT_FROM", "")
    if not number and env.get("TEXT_URL"):
        raise ConfigError("TEXT_URL is set and TEXT_FROM is not: name the number that texts come from.")
    if number and not re.fullmatch(r"\+[1-9][0-9]{7,14}|[0-9]{5,6}", number):
        raise ConfigError(
            f"TEXT_FROM is {number!r}; write the number with its country code, as +13125550100, or a "
            "short code."
        )
    return number


def _public_url(env: Mapping[str, str]) -> str:
    text = env.get("PUBLIC_URL", "")
    if not text and env.get("TEXT_URL"):
        raise ConfigError(
            "TEXT_URL is set and PUBLIC_URL is not: name the address at which patients and the provider "
            "reach this office."
        )
    if text and (urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname):
        raise ConfigError("PUBLIC_URL is no address of a web page; write https://office.example.")
    return text.rstrip("/")


def _secret_key(text: str, home: Path, *, is_embedded: bool) -> str:
    if text and len(text) < SHORTEST_SECRET:
        raise ConfigError(
            f"SECRET_KEY has {len(text)} characters; it signs sessions and needs at least {SHORTEST_SECRET}. "
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    if text:
        return text
    if not is_embedded:
        raise ConfigError(
            "SECRET_KEY is not set. With DATABASE_URL set this is a production start, and all processes must "
            "share one secret. Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return kept_secret(home, "secret_key")


def _whole_number(env: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
        raise ConfigError(f"{name} is {text!r}; it must be a whole number from {least} to {most}.")
    return int(text)
