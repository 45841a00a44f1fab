"""A board's page → the words of its authors alone, whom they answer, and when they wrote."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from model import Post, Source, SourceChanged, SourceInvalid
from scraper.boards import posts_of
from scraper.furniture import is_gone, named_alike, own_words
from scraper.moments import moment
from scraper.sources import load_one
from scraper.walk import Sheet, whole

NOW = datetime(2024, 8, 15, 12, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
COLUMNS = {"external_id": "@id", "posted_at": ".when", "text": ".words", "url": "a.place@href"}


def posts(page: str, rows: str = ".post", **columns: str) -> dict[str, Post]:
    """The posts of a page, by their ids."""
    drop = columns.pop("drop", "")
    source = Source(
        name="forum", kind="html", url="https://f.example/t/9", path="forum.toml",
        columns=COLUMNS | columns, options={"rows": rows} | ({"drop": drop} if drop else {}),
    )  # fmt: skip
    sheet = Sheet(url="https://f.example/t/9", content=page.encode(), kept={})
    return {post.external_id: post for post in posts_of(source, sheet, NOW)[0]}


def post(number: int, inner: str, when: str = "12.08.2024 21:41") -> str:
    return (
        f'<div class="post" id="p{number}"><a class="place" href="/t/9?sid=0a#p{number}">#</a>'
        f'<span class="when">{when}</span><div class="words">{inner}</div></div>'
    )


@pytest.mark.parametrize(
    ("inner", "answered"),
    [
        # phpBB 3, old and new; a quotation within a quotation
        ('<blockquote><div><cite>Кто-то писал: <a href="./v.php?p=5#p5"></a></cite><blockquote'
         ' class="uncited"><div>Он погиб</div></blockquote>Ищу сына</div></blockquote>', "p5"),
        ('<blockquote class="uncited"><div>Ищу сына</div></blockquote>', None),
        ('<dl class="codebox"><dt>Код: <a>Выделить всё</a></dt></dl>', None),
        ("<table><tr><td><b>Мать писала:</b></td></tr><tr><td class=quote>Ищу</td></tr></table>",
         None),  # phpBB 2
        ('<div class="bbcode_container"><div class="bbcode_quote">Сообщение от Данил '
         '<a href="showthread.php?p=5#post5"></a> Ищу</div></div>', "p5"),  # vBulletin 4
        ('<div class="smallfont">Цитата:</div><table><tr><td class="alt2">Ищу</td></tr></table>',
         None),  # vBulletin 3
        ('<blockquote class="bbCodeBlock bbCodeBlock--quote" data-source="post: 5"><div>Мать '
         "сказала:</div>Ищу</blockquote>", "p5"),  # XenForo
        ('<div class="quoteheader"><a href="?topic=7.msg5#msg5">Цитата</a></div><blockquote '
         'class="bbc_standard_quote">Ищу</blockquote><div class="quotefooter"></div>', "p5"),
        ('<blockquote class="ipsQuote" data-ipsquote-contentcommentid="5">Ищу</blockquote>', "p5"),
        ('<aside class="quote" data-post="5"><div>мать:</div><blockquote>Ищу</blockquote></aside>',
         "p5"),
        ('<blockquote class="mycode_quote"><cite>Мать: <a href="t-9-post-5.html#pid5"></a></cite>'
         "Ищу</blockquote>", "p5"),
        ('<div class="bbQuoteBlock"><div class="bbQuoteName">Цитата Анна</div><div '
         'class="quoteMessage">Ищу</div></div>', None),  # uCoz
        ('<div class="bbCodeBlock bbCodeQuote"><aside><div>Анна сказала: <a href="goto/post?id=5'
         '#post-5">↑</a></div><blockquote>Ищу</blockquote></aside></div>', "p5"),  # XenForo 1
        ('<div class="quote"><a href="member.php?u=5">Анна</a> писала: Ищу</div>', None),
        ('<div class="quotebox"><cite>Анна пишет:</cite><blockquote>Ищу</blockquote></div>', None),
        ('<div class="quotetop">QUOTE(Анна)</div><div class="quotemain">Ищу</div>', None),
        ('<table class="forum-quote"><tr><th>Цитата</th></tr><tr><td>Ищу</td></tr></table>', None),
        ('<div class="title_quote">Цитата: Анна</div><div class="quote">Ищу</div>', None),
        ('<div class="quote"><b>Мать</b> <a href="#p5">писала</a> Ищу</div>', "p5"),
        ('<blockquote><cite>Мать <a href="#p5">писала</a></cite>Ищу</blockquote>', "p5"),
        ("<br><i>&gt; Ищу сына</i><br>", None),  # as in letters
        # what software adds
        ("<button>Спойлер</button>", None),
        ('<aside class="onebox"><h3>Другой человек погиб</h3></aside>', None),
        ('<div class="lightbox"><div class="meta">foto.jpg 120 KB</div></div>', None),
        ('<span style="display:none">8 900 000 00 00</span>', None),
        ('<div class="signature">Мама, 8 900 000 00 00</div>', None),
        ('<div class="post" id="p99"><span class="when">сегодня</span></div>', None),
    ],
)  # fmt: skip
def test_another_s_words_are_not_the_post_s(inner: str, answered: str | None) -> None:
    found = posts(post(5, "Ищу сына Пробного Луку") + post(7, f"Я видел{inner} его в Рыльске"))
    assert " ".join(found["p7"].text.split()) == "Я видел его в Рыльске"
    assert found["p7"].reply_to == answered


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<blockquote class='postcontent'>Ищу сына</blockquote>", "Ищу сына"),  # vBulletin's body
        ("Из письма:<blockquote>Мама, я живой</blockquote>", "Из письма:\nМама, я живой"),
        ("Ищу <div class='bbCodeSpoiler'><button>Спойлер</button><div style='display:none'>шрам"
         "</div></div>", "Ищу\nшрам"),
        ("Ищу <span class='wall_post_more'>Показать</span><span style='display: none'>сына</span>",
         "Ищу сына"),
        ("Ищу <a onclick='x()'>ещё</a><span style='display:none'>сына</span>", "Ищу ещёсына"),
        ("<table><tr><td>Зуб Лука<td>2005<tr><td>Ия Попов<td>2003</table>",
         "Зуб Лука 2005\nИя Попов 2003"),
        ("<ul><li>шрам<li>рост 176</ul>", "шрам\nрост 176"),
        ("<pre>Зуб | жив\nПопов | нет</pre>", "Зуб | жив\nПопов | нет"),
        ("Ищу сына<br>_________________<br>Всё пройдёт, 8 900 000 00 00", "Ищу сына"),
        ("рост &gt; 170", "рост > 170"),
    ],
)  # fmt: skip
def test_the_author_s_own_words_stay(inner: str, text: str) -> None:
    (found,) = posts(post(7, inner)).values()
    assert found.text == text


def test_a_post_torn_to_pieces_is_read_whole() -> None:
    torn = post(7, "").replace(
        '<div class="words"></div>',
        '<i class="words"></i><table><tr><td class="quote">Он погиб</td></tr></table>'
        '<i class="words">Там же мой брат.</i>'
        '<i class="words"><br>_________________<br>Подпись</i>',
    )
    assert [one.text for one in posts(torn).values()] == ["Там же мой брат."]


def test_answers_within_a_post_are_posts_of_their_own() -> None:
    inner = post(8, "Видел его", when="вчера в 8:00")
    outer = post(7, "Ищу сына").removesuffix("</div>") + f"{inner}</div>"
    found = posts(outer, reply_to=".to@href")
    assert {name: one.text for name, one in found.items()} == {"p7": "Ищу сына", "p8": "Видел его"}
    assert found["p8"].posted_at == datetime(2024, 8, 14, 8, tzinfo=MOSCOW)


def test_a_link_keeps_the_anchor_of_its_post_and_no_session() -> None:
    assert posts(post(7, "Ищу"))["p7"].url == "https://f.example/t/9#p7"


def test_what_the_operator_drops_is_dropped() -> None:
    page = post(7, "Ищу сына<p class=ad>Такси недорого</p>")
    assert posts(page)["p7"].text == "Ищу сына\nТакси недорого"
    assert posts(page, drop="p.ad, .banner")["p7"].text == "Ищу сына"


def test_notes_of_what_was_deleted_are_no_posts() -> None:
    page = post(7, "Ищу сына") + post(8, "Сообщение удалено модератором. Причина: реклама")
    assert list(posts(page)) == ["p7"]
    with pytest.raises(SourceChanged, match="no row has a text and an id"):
        posts(post(8, "(автор удалил сообщение)"))


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Этот комментарий скрыт модератором", True),
        ("Это сообщение было удалено пользователем Зоя. Причина: повтор", True),
        ("Комментарий удалён пользователем или руководителем страницы", True),
        ("This post has been deleted.", True),
        ("Удалено модератором", True),
        ("Сообщение удалено, а сына так и не нашли", False),
        ("Запись удалена. Ищу сына Пробного Луку", False),
        ("Тема закрыта", False),
    ],
)
def test_a_note_is_told_from_a_post(text: str, gone: bool) -> None:
    assert is_gone(text) is gone


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Ищу\n> Он погиб\nсына", "Ищу\nсына"),
        ("Ищу\nСообщение «Ищу» появились сначала на Комитет.", "Ищу"),
        ("Ищу\nThe post Ищу appeared first on Комитет.", "Ищу"),
        ("Ищу\nСтатистика: Добавлено Мария — 12 авг 2024", "Ищу"),
        ("Ищу\n_________________\nВсё пройдёт\nМама", "Ищу"),
        ("1. Зуб\n_____\n2. Попов", "1. Зуб\n_____\n2. Попов"),
        ("Ищу\n_________________" + "\nЗуб" * 5, "Ищу\n_________________" + "\nЗуб" * 5),
        ("Сообщение о сыне появилось вчера", "Сообщение о сыне появилось вчера"),
    ],
)
def test_lines_of_software_go(text: str, own: str) -> None:
    assert own_words(text) == own


@pytest.mark.parametrize(
    ("own", "told", "named"),
    [
        ("p5013", "./viewtopic.php?p=5011#p5011", "p5011"),
        ("post-200_83", "bp-200_81", "post-200_81"),
        ("5013", "post: 5011", "5011"),
        ("p5013", "p5013", None),  # itself
        ("t.php?p=7#p7", "t.php?p=5#p5", None),  # an id that is a link
        ("p5013", "profile", None),
    ],
)
def test_another_post_is_named_as_this_one_is(own: str, told: str, named: str | None) -> None:
    assert named_alike(own, told) == named


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("Добавлено: Пн Авг 12, 2024 9:41 pm  Заголовок: Пропал 5 мая", "2024-08-12T21:41"),
        ("Вт Авг 13, 2024 12:05 am", "2024-08-13T00:05"),
        ("« Ответ #1 : Вчера в 23:59:58 »", "2024-08-14T23:59:58"),
        ("Вторник, 13 Августа 2024, 07:05 | Сообщение # 5", "2024-08-13T07:05"),
        ("Последний раз редактировалось Мама 12 авг 2024, 15:20, всего 2 раза.",
         "2024-08-12T15:20"),
        ("Последний раз редактировалось Данил; Сегодня в 00:03. Причина: дата", "2024-08-15T00:03"),
        ("05.08.2024 в 18:44", "2024-08-05T18:44"),
        ("15-08-2024, 11:30", "2024-08-15T11:30"),
        ("Добавлено 2024-08-12 21:41:05, правка 13.08.2024 10:00", "2024-08-12T21:41:05"),
        ("Написано 2024-08-12 21:44:00 UTC", "2024-08-13T00:44"),
        ("Aug 12, 2024 9:41 PM UTC, Mama", "2024-08-13T00:41"),
        ("Yesterday at 23:59 UTC+03:00", "2024-08-14T23:59"),
        ("Добавлено: 12.08.2024 21:44 (UTC+99)", "2024-08-12T21:44"),
        ("полчаса назад", "2024-08-15T14:30"),
        ("только что", "2024-08-15T15:00"),
        ("Сообщение № 5", None),
        ("32.08.2024 10:00", None),
        ("12 брюмера 2024 10:00", None),
    ],
)  # fmt: skip
def test_a_time_among_other_words(told: str, at: str | None) -> None:
    found = moment(told, MOSCOW, NOW)
    assert (found and found.replace(tzinfo=None)) == (at and datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("when", "at"),
    [
        ('<time datetime="2024-08-12T22:15:30+1000">12 авг</time>', "2024-08-12T22:15:30+10:00"),
        ('<b title="12 авг 2024 в 22:15">вчера</b>', "2024-08-12T22:15+03:00"),
        ('<b time="1723632000" abs_time="…">час назад</b>', "2024-08-14T13:40+03:00"),
        ('<b title="15-08-2024">Сегодня</b>, 09:41 <i title="14.08.2024 10:02">правка</i>',
         "2024-08-15T09:41+03:00"),
        ('<b title="Первое сообщение">12.08.2024 21:41</b>', "2024-08-12T21:41+03:00"),
    ],
)  # fmt: skip
def test_the_exactest_time_of_a_cell(when: str, at: str) -> None:
    (found,) = posts(post(7, "Ищу", when=when)).values()
    assert found.posted_at == datetime.fromisoformat(at)


PAGE = "<html><body><div><article>Ищу сына</article>"


@pytest.mark.parametrize(
    ("page", "complete"),
    [
        (f"{PAGE}</div></body></html>", True),
        (f"{PAGE}</div></BODY>", True),
        (f"{PAGE}</div>", True),  # a page that never closes these
        ("<table><tr><td>Ищу", True),  # a piece of a page
        ("<HTML><BODY><TABLE><TR><TD>Ищу<P>сына</TABLE>", True),
        (PAGE, False),
        (f"{PAGE}</div><div><article>Он по", False),
    ],
)
def test_a_page_cut_short(page: str, complete: bool) -> None:
    assert whole(page.encode()) is complete


@pytest.mark.parametrize("key", ["drop", "rows"])
def test_a_selector_that_is_none_is_refused(tmp_path: Path, key: str) -> None:
    told = {"rows": ".post", "drop": ".ad", key: "td["}
    path = tmp_path / "forum.toml"
    lines = [f'{name} = "{value}"' for name, value in told.items()]
    columns = 'columns = { external_id = "@id", posted_at = "time", text = "p" }'
    path.write_text("\n".join(['kind = "html"', 'url = "https://f.example/"', *lines, columns]))
    with pytest.raises(SourceInvalid, match=f"{key}: 'td\\['"):
        load_one(path)


@pytest.mark.parametrize(
    "odd",
    [
        "<div class=quote><a href=x></a>" * 1700,
        "<blockquote>" * 4000 + "<cite>",
        "<span style='display:none'>" * 2000,
        "<table><tr><td class=quote>" * 1800,
        ("_" * 20 + "\n") * 2500,
        "<i class=words>" * 3000,
    ],
)
def test_a_post_of_one_thing_many_times_costs_little(odd: str) -> None:
    began = process_time()
    with suppress(SourceChanged):
        posts(post(7, f"Ищу{odd}"))
    assert process_time() - began < 2.0  # of 64 KB; squared, it took 5 to 10 s
