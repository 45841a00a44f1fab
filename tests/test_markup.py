"""HTML → the lines a browser shows."""

from __future__ import annotations

import time

import pytest

from scraper.markup import line_of, select, soup_of, text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("раз<br>два<br/><br/>три", "раз\nдва\n\nтри"),
        ("<p>раз</p><p>два</p>", "раз\nдва"),
        ("<div>раз<br></div>два", "раз\nдва"),
        ("<ul><li>раз<li>два</ul>", "раз\nдва"),
        ("<b>раз</b> <i> два</i>\n  три", "раз два три"),
        ("раз<!-- нет --><script>нет</script><style>нет</style>", "раз"),
        ("раз<span hidden>нет</span><template>нет</template>", "раз"),
        ("<table><tr><td>раз<td>два<tr><td>три</table>", "раз\nдва\nтри"),
        ("в/ч&nbsp;00000 &amp; &laquo;Курск&raquo; &#1078;", "в/ч\xa000000 & «Курск» ж"),
        ("раз<br><br><br><br>два", "раз\n\nдва"),
        ("a\0b", "a\ufffdb"),
        ("<p>раз<p>два</div></p></b>три", "раз\nдва\nтри"),
        ("", ""),
    ],
)
def test_text_of(markup: str, text: str) -> None:
    assert text_of(soup_of(markup)) == text


def test_own_line_ends_count_where_asked() -> None:
    tag = soup_of("<p>раз\n  два</p>")
    assert text_of(tag) == "раз два"
    assert text_of(tag, keep_spaces=True) == "раз\nдва"
    assert line_of(soup_of("<p>раз<br>два</p>")) == "раз два"


def test_a_bad_selector_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no CSS selector"):
        select(soup_of(""), "div[")


@pytest.mark.parametrize("piece", ["<div>", "<br>", " <p> ", "<b>x", "<table><tr><td>", "</p>"])
def test_time_goes_with_length(piece: str) -> None:
    started = time.process_time()
    text_of(soup_of(piece * 30_000))
    assert time.process_time() - started < 5
