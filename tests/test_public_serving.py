"""`serve --public`: the published file over HTTP, read-only, cached, and nothing of the machine."""

from __future__ import annotations

import csv
import hashlib
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from published import many_men, publish, shown

from cli import main


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("public")
    many_men(folder / "r.db")
    publish(folder / "r.db", folder / "public.db")
    return folder / "public.db"


@pytest.fixture(scope="module")
def client(file: Path) -> Iterator[httpx.Client]:
    with shown(file) as url, httpx.Client(base_url=url, timeout=30) as found:
        yield found


def test_home_in_both_languages(client: httpx.Client, file: Path) -> None:
    english = client.get("/", headers={"accept-language": "en"}).text
    russian = client.get("/", headers={"accept-language": "ru-RU"}).text
    assert "As of 23 August 2024: 120 sought men" in english
    assert "По состоянию на 23 августа 2024 года в розыске: 120" in russian
    assert "Калужская область" in russian
    assert hashlib.sha256(file.read_bytes()).hexdigest() in english
    assert 'class="none" title="hidden">*<' in english


def test_the_same_figures_as_json_csv_and_the_file(client: httpx.Client, file: Path) -> None:
    with sqlite3.connect(file) as public:
        held = public.execute("SELECT status, persons FROM by_status ORDER BY status").fetchall()
    public.close()
    as_json = client.get("/public/by_status.json?_shape=array&_size=max").json()
    assert [(row["status"], row["persons"]) for row in as_json] == held
    as_csv = csv.DictReader(io.StringIO(client.get("/public/by_status.csv").text))
    assert [(row["status"], int(row["persons"])) for row in as_csv] == held
    assert client.get("/public/by_status.xlsx").content[:2] == b"PK"
    assert client.get("/public.db").content == file.read_bytes()


def test_answers_are_cached_by_language_and_open_to_other_sites(client: httpx.Client) -> None:
    english, russian = (
        client.get("/", headers={"accept-language": language}) for language in ("en", "ru")
    )
    assert english.headers["cache-control"] == "public, max-age=3600"
    assert english.headers["etag"] != russian.headers["etag"]
    assert "Accept-Language" in english.headers["vary"]
    told = {"accept-language": "en", "if-none-match": english.headers["etag"]}
    assert client.get("/", headers=told).status_code == 304
    assert client.get("/", headers={**told, "accept-language": "ru"}).status_code == 200
    data = client.get("/public/by_region.json", headers={"origin": "https://paper.example"})
    assert data.headers["access-control-allow-origin"] == "*"
    assert client.get("/nowhere").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/-/login", "/-/databases.json", "/-/plugins.json", "/-/versions.json", "/-/settings.json",
     "/-/actor.json", "/-/threads.json", "/-/permissions", "/-/allow-debug", "/-/messages"],
)  # fmt: skip
def test_nothing_of_the_machine_is_told(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "sql",
    ["attach 'x.db' as y", "delete from by_status", "pragma writable_schema=1",
     "select load_extension('x')", "vacuum into 'x.db'",
     "with recursive c(x) as (select 1 union all select x+1 from c) select count(*) from c"],
)  # fmt: skip
def test_sql_reads_this_file_alone_and_for_a_second(client: httpx.Client, sql: str) -> None:
    assert client.get("/public.json", params={"sql": sql}).status_code == 400


def test_a_page_asks_no_other_host(client: httpx.Client) -> None:
    for path in ("/", "/public", "/public/by_region", "/public?sql=select+*+from+release"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "//" not in answer.text.replace(str(client.base_url), "")


def test_only_a_published_file_is_served(file: Path, tmp_path: Path) -> None:
    def refused(path: Path) -> str:
        answered = CliRunner().invoke(main, ["serve", "--public", str(path), "--port", "0"])
        assert answered.exit_code == 2
        return answered.output

    assert "not a file of `rollcall publish`" in refused(file.with_name("r.db"))
    assert "cannot be read" in refused(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("no database at all, only text")
    assert "not a public file" in refused(tmp_path / "text.db")
    changed = tmp_path / "public.db"
    changed.write_bytes(file.read_bytes() + b"x")
    (tmp_path / "public.db.sha256").write_bytes(file.with_name("public.db.sha256").read_bytes())
    assert "is not what its .sha256 says" in refused(changed)
