"""A typed query → an FTS5 query that finds a name in every case form, with ё folded."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl

from russian.inflect import case_forms, given_forms, surname_forms

MOST_FORMS = 120  # of one word; FTS5 answers at once for so many


@hookimpl(trylast=True)  # after Datasette has registered its own function of this name
def prepare_connection(conn: Any) -> None:
    """Datasette searches through `escape_fts(:search)`: give it ours."""
    conn.create_function("escape_fts", 1, expanded)


def expanded(query: str) -> str:
    """Each word as any of its forms; all words must be found. "" finds nothing, and is no error."""
    words = [_forms(word) for word in query.replace('"', " ").split()]
    return " AND ".join(f"({' OR '.join(forms)})" for forms in words if forms) or '""'


def _forms(word: str) -> list[str]:
    """The word by its beginning, and whole: its nominatives and all case forms of those."""
    folded = fold(word.strip("*.,;:()«»"))
    if not folded:
        return []
    nominatives = {form.nominative for form in (*surname_forms(folded), *given_forms(folded))}
    found = {fold(form) for name in {*nominatives, folded} for form in case_forms(name)}
    near = sorted(found | {fold(name) for name in nominatives}, key=lambda form: (len(form), form))
    return [f'"{folded}"*', *(f'"{form}"' for form in near[:MOST_FORMS])]


def fold(word: str) -> str:
    """Lower case, ё as е, as the index holds it; no quotation marks."""
    return word.lower().replace("ё", "е").replace('"', "")
