"""Settings: what is accepted, and the sentence for what is not."""

import os
import stat
from pathlib import Path

import pytest

from workqueue.config import Config, ConfigError, kept_secret

PROVIDER = "https://AC1:to%2Fken@texts.example/2010-04-01/Accounts/AC1/Messages.json"
OWN_SERVERS = {
    "DATABASE_URL": "postgresql://u:p@db:5432/workqueue",
    "REDIS_URL": "redis://:p@cache:6379/0",
    "SECRET_KEY": "k" * 40,
}


def test_an_empty_environment_means_the_embedded_servers_and_a_secret_of_our_own(tmp_path: Path) -> None:
    config = Config.from_env({"WORKQUEUE_HOME": str(tmp_path / "home")})
    assert config.is_embedded
    assert len(config.secret_key) >= 32
    assert config.port == 8000


def test_the_generated_secret_is_kept_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = Config.from_env({"WORKQUEUE_HOME": str(tmp_path)})
    assert Config.from_env({"WORKQUEUE_HOME": str(tmp_path)}).secret_key == first.secret_key
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_each_name_has_a_secret_of_its_own(tmp_path: Path) -> None:
    assert kept_secret(tmp_path, "one") != kept_secret(tmp_path, "other")


def test_a_damaged_secrets_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{not json")
    with pytest.raises(ConfigError, match=r"secrets\.json cannot be read"):
        Config.from_env({"WORKQUEUE_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgres://u:p@db/w", "postgresql+psycopg://u:p@db/w"),
        ("postgresql://u:p@db/w", "postgresql+psycopg://u:p@db/w"),
        ("postgresql+psycopg://u:p@db/w", "postgresql+psycopg://u:p@db/w"),
    ],
)
def test_every_way_to_write_postgresql_names_our_driver(given: str, read: str) -> None:
    assert Config.from_env(OWN_SERVERS | {"DATABASE_URL": given}).database_url == read


def test_a_valkey_address_is_written_the_way_the_client_knows() -> None:
    assert Config.from_env(OWN_SERVERS | {"REDIS_URL": "valkey://cache/3"}).redis_url == "redis://cache/3"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'; it must be a whole number from 1 to 65535"),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"PORT": "-1"}, "PORT is '-1'"),
        ({"PORT": "٨٠٨٠"}, "PORT is"),
        ({"LEASE_SECONDS": "5"}, "LEASE_SECONDS is '5'; it must be a whole number from 30 to 86400"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has 5 characters"),
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"DATABASE_URL": "sqlite:///x.db"}, "DATABASE_URL starts with 'sqlite'; only PostgreSQL"),
        ({"DATABASE_URL": "postgresql://u:p@db:5432"}, "DATABASE_URL names no database"),
        ({"DATABASE_URL": ""}, "REDIS_URL is set and DATABASE_URL is not"),
        ({"REDIS_URL": ""}, "DATABASE_URL is set and REDIS_URL is not"),
        ({"REDIS_URL": "http://cache"}, "REDIS_URL starts with 'http'"),
        ({"WORKQUEUE_HOME": __file__}, "which is a file; name a folder"),
    ],
)
def test_a_bad_value_is_refused_with_a_sentence_that_names_it(changed: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env(OWN_SERVERS | changed)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    "given", [{"DATABASE_URL": "mysql://u:geheim@db/w"}, {"TEXT_URL": "http://a:geheim@texts.example/x"}]
)
def test_no_refusal_repeats_a_password(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as refused:
        Config.from_env(OWN_SERVERS | given)
    assert "geheim" not in str(refused.value)


def test_reports_of_the_provider_are_signed_with_the_secret_of_its_address(tmp_path: Path) -> None:
    given = {"TEXT_URL": PROVIDER, "TEXT_FROM": "+13125550100", "PUBLIC_URL": "https://office.example"}
    assert Config.from_env({"WORKQUEUE_HOME": str(tmp_path)} | given).text_secret == "to/ken"
    assert Config.from_env({"WORKQUEUE_HOME": str(tmp_path)}).text_secret == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigError, match="WORKQUEUE_HOME"):
        Config.from_env({"WORKQUEUE_HOME": str(tmp_path / "home")})


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"SMTP_URL": "mail.example", "MAIL_FROM": "a@b.example"}, "SMTP_URL names no mail server"),
        ({"SMTP_URL": "smtp://mail.example"}, "MAIL_FROM is not: name the address"),
        ({"MAIL_FROM": "nobody"}, "MAIL_FROM is 'nobody'"),
        ({"PUBLIC_URL": "office.example"}, "PUBLIC_URL is no address of a web page"),
        ({"TEXT_URL": "https://texts.example/Messages.json"}, "TEXT_URL names no provider"),
        ({"TEXT_URL": "http://a:b@texts.example/Messages.json"}, "Without TLS only a provider on this"),
        ({"TEXT_URL": PROVIDER}, "TEXT_FROM is not: name the number"),
        ({"TEXT_URL": PROVIDER, "TEXT_FROM": "312 555 0100"}, "TEXT_FROM is '312 555 0100'"),
        ({"TEXT_URL": PROVIDER, "TEXT_FROM": "+13125550100"}, "PUBLIC_URL is not: name the address"),
    ],
)
def test_messages_that_could_not_be_sent_stop_the_start(
    tmp_path: Path, given: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigError, match=sentence):
        Config.from_env({"WORKQUEUE_HOME": str(tmp_path)} | given)


def test_the_office_is_opened_where_it_is_said_to_be(tmp_path: Path) -> None:
    given = {"WORKQUEUE_HOME": str(tmp_path), "PUBLIC_URL": "https://office.example/"}
    assert Config.from_env(given).address == "https://office.example"
    assert (
        Config.from_env({"WORKQUEUE_HOME": str(tmp_path), "PORT": "8123"}).address == "http://localhost:8123"
    )
