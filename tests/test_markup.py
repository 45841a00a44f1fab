"""HTML → the lines a browser shows."""

from __future__ import annotations

import time

import pytest

from scraper import elements
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
        ("<table><tr><td>раз<td>два<tr><td>три</table>", "раз два\nтри"),
        ("в/ч&nbsp;00000 &amp; &laquo;Курск&raquo; &#1078;", "в/ч\xa000000 & «Курск» ж"),
        ("раз<br><br><br><br>два", "раз\n\nдва"),
        ("a\0b", "a\ufffdb"),
        ("<p>раз<p>два</div></p></b>три", "раз\nдва\nтри"),
        ("", ""),
        # a paragraph's end that ends none, as browsers take it
        ("раз</p>два", "раз\nдва"),
        ("<div>раз</P >два</p></div>", "раз\nдва"),
        ("<p>раз</p>два</p>три", "раз\nдва\nтри"),
        ("<div>раз<p>два<div>три</div>четыре</p>пять</div>", "раз\nдва\nтри\nчетыре\nпять"),
        ("<b>раз</p>два</b>", "раз\nдва"),
        ("<table><tr><td>раз</p>два</td></tr></table>три", "раз\nдва\nтри"),
        ("раз</div>два</span></li></b>три", "раздватри"),
        ("<pre>раз</p>\nдва</pre>три", "раз\n\nдва\nтри"),
        # what is never closed, and what is nested
        ("<b>раз <i>два<p>три", "раз два\nтри"),
        ("<div>раз<div>два</div>три", "раз\nдва\nтри"),
        ("<b>раз<i>два</b>три</i>", "раздватри"),
        ("<ul><li>раз<ul><li>два</ul><li>три</ul>", "раз\nдва\nтри"),
        ("раз<table><tr><th>два<td>три</table>четыре", "раз\nдва три\nчетыре"),
        # what breaks a word, a line or neither
        ("ра<wbr>з<wbr/>два", "раздва"),
        ("раз</br>два<BR clear='all'>три<br>\n</br>четыре", "раз\nдва\nтри\n\nчетыре"),
        ("раз&nbsp;&nbsp;два&#160;три", "раз\xa0\xa0два\xa0три"),
        ("раз<hr>два<center>три</center>четыре", "раз\nдва\nтри\nчетыре"),
        ("<dir><li>раз</dir>два<menu>три</menu>четыре<hgroup>пять</hgroup>шесть",
         "раз\nдва\nтри\nчетыре\nпять\nшесть"),
        # line ends that are shown, and what is not
        ("<pre>раз\n<b>два\nтри</b></pre>четыре\nпять", "раз\nдва\nтри\nчетыре пять"),
        ("раз<pre>а\nб</pre><div>два\nтри</div>", "раз\nа\nб\nдва три"),
        ("раз<video>нет</video><audio>нет</audio><canvas>нет</canvas>", "раз"),
    ],
)  # fmt: skip
def test_text_of(markup: str, text: str) -> None:
    assert text_of(soup_of(markup)) == text
    root = elements.root_of(markup.encode())
    assert (elements.text_of(root) if root is not None else "") == text


def test_own_line_ends_count_where_asked() -> None:
    tag = soup_of("<p>раз\n  два</p>")
    assert text_of(tag) == "раз два"
    assert text_of(tag, keep_spaces=True) == "раз\nдва"
    assert line_of(soup_of("<p>раз<br>два</p>")) == "раз два"


def test_a_bad_selector_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no CSS selector"):
        select(soup_of(""), "div[")


@pytest.mark.parametrize(
    "piece", ["<div>", "<br>", " <p> ", "<b>x", "<table><tr><td>", "</p>", "<pre>", "<p ", "</p "]
)
def test_time_goes_with_length(piece: str) -> None:
    started = time.process_time()
    text_of(soup_of(piece * 30_000))
    assert time.process_time() - started < 5
