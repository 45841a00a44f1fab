"""Canaries where no text of a post is, in pages of each kind of source, and their TOML files.

Names of authors and files, links, addresses, unread columns, comments, errors, profiles of VK.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from canaries import FATHERS, GIVEN, SURNAMES, WOMEN, Canary
from faultworld import block, feed, item, text
from server import Scripted, answer

_FATHERS = ("Аполлоновна", "Варфоломеевна", "Игнатьевна", "Саввична", "Трифоновна")


@dataclass
class Places:
    """Canaries, each hidden in a place of its own; pages by path, and sources by name."""

    draw: random.Random
    women: list[str]
    canaries: list[Canary] = field(default_factory=list)
    pages: dict[str, Scripted] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)

    def name(self, where: str) -> str:
        """A relative's name that is nowhere else."""
        told = self.women.pop()
        self.canaries.append(Canary(post={}, kind=f"name: {where}", needles=(told,)))
        return told

    def handle(self, where: str) -> str:
        """A handle that is nowhere else."""
        told = f"zorya_{len(self.canaries):03}_{self.draw.randrange(10**6):06d}"
        self.canaries.append(Canary(post={}, kind=f"handle: {where}", needles=(told,)))
        return told

    def phone(self, where: str) -> str:
        """A telephone number that is nowhere else."""
        told = f"900{self.draw.randrange(10**7):07d}"
        self.canaries.append(
            Canary(post={}, kind=f"phone: {where}", needles=(f"8{told}",), digits=told)
        )
        return f"8{told}"

    def man(self) -> str:
        """A soldier, who may be kept."""
        draw = self.draw
        return f"{draw.choice(SURNAMES)} {draw.choice(GIVEN)} {draw.choice(FATHERS)}"


def hidden(url: str, seed: int = 5) -> Places:
    """All places, on a server at this address."""
    draw = random.Random(seed)  # noqa: S311  seeded on purpose
    women = [f"{given} {father}" for given in WOMEN for father in _FATHERS]
    draw.shuffle(women)
    places = Places(draw, women)
    for hide in (_telegram, _vk, _rss, _html, _lists, _pfif, _errors, _addresses):
        hide(places, url)
    return places


def _telegram(at: Places, url: str) -> None:
    extra = (
        f'<span class="tgme_widget_message_from_author">{at.name("author of a post")}</span>'
        '<div class="tgme_widget_message_forwarded_from">Forwarded from <a '
        f'class="tgme_widget_message_forwarded_from_name" href="https://t.me/{at.handle("forward")}'
        f'">{at.name("forward")}</a></div>'
        f'<a class="tgme_widget_message_photo_wrap" href="/{at.phone("photograph")}.jpg"></a>'
        f'<div class="tgme_widget_message_reply"><span class="tgme_widget_message_author_name">'
        f"{at.name('reply')}</span></div>"
    )
    page = block(1).replace('<span class="tgme_widget_message_meta">', f"{extra}<span "
                            'class="tgme_widget_message_meta">')  # fmt: skip
    page = f"<html><body><section>{page}</section></body></html>"
    at.pages["/s/kanal"] = answer(page)
    at.sources["telegram"] = f'kind = "telegram"\nurl = "{url}/s/kanal"\n'


def _vk(at: Places, url: str) -> None:
    whom = at.name("profile").split()
    items = [
        item(
            1, from_id=5001, signer_id=5001,
            attachments=[{"type": "link", "link": {"title": at.name("attachment"),
                "url": f"https://vk.com/{at.handle('attachment')}"}}],
            copy_history=[{"id": 3, "owner_id": 5002, "from_id": 5002, "text": text(1),
                "date": 1724800000}],
        )
    ]  # fmt: skip
    profile = {"id": 5001, "first_name": whom[0], "last_name": whom[1]}
    profile |= {"screen_name": at.handle("profile"), "mobile_phone": at.phone("profile")}
    said = {"response": {"count": 1, "items": items, "profiles": [profile], "groups": []}}
    at.pages["/method/wall.get"] = answer(json.dumps(said))
    at.sources["vk"] = f'kind = "vk"\nurl = "{url}/method/wall.get?owner_id=-7"\n'


def _rss(at: Places, url: str) -> None:
    extra = (
        "<item><guid isPermaLink='false'>x1</guid>"
        "<pubDate>Thu, 22 Aug 2024 10:00:00 +0300</pubDate>"
        f"<description>{text(3)}</description><author>{at.handle('author')}@mail.example "
        f"({at.name('author')})</author><link>https://vk.com/{at.handle('link')}</link>"
        f"<category>{at.name('category')}</category>"
        f"<enclosure url='{url}/{at.phone('file')}.jpg' length='1' type='image/jpeg'/>"
        f"<comments>{url}/comments?by={at.handle('comments')}</comments></item>"
    )
    at.pages["/feed"] = answer(feed(range(1, 3), extra))
    at.sources["rss"] = f'kind = "rss"\nurl = "{url}/feed"\n'


def _html(at: Places, url: str) -> None:
    page = (
        f"<html><head><title>{at.name('title')}</title></head><body><!-- {at.phone('comment')} -->"
        f'<article id="p1" data-author="{at.handle("attribute")}">'
        f'<time datetime="2024-08-20T10:00:00+03:00"></time><b>{at.name("beside the text")}</b>'
        f'<a href="https://vk.com/{at.handle("profile link")}">автор</a><p>{text(1)}</p>'
        "</article></body></html>"
    )
    at.pages["/board"] = answer(page)
    at.sources["html"] = (
        f'kind = "html"\nurl = "{url}/board"\nrows = "article"\n[columns]\n'
        'external_id = "@id"\ntext = "p"\nposted_at = "time@datetime"\n'
    )


def _lists(at: Places, url: str) -> None:
    rows = [
        ("1", at.man(), "2001-05-01", f"жена {at.name('column')}", at.phone("column"), ""),
        ("2", f"{at.man()} (мать {at.name('cell of a name')}, {at.phone('cell of a name')})",
         "2002-05-02", "", "", f"https://vk.com/{at.handle('address')}"),
    ]  # fmt: skip
    head = ("id", "name", "birth", "note", "tel", "url")
    at.pages["/list.csv"] = answer("\n".join(";".join(row) for row in (head, *rows)) + "\n")
    columns = 'columns = { external_id = "id", name = "name", birth_date = "birth", url = "url" }\n'
    # what an operator notes for himself is his own; it goes no further than his file
    note = f"# ask {at.name('comment of a TOML file')}, {at.phone('comment of a TOML file')}\n"
    at.sources["csv"] = f'{note}kind = "csv"\nurl = "{url}/list.csv"\nclaim = "captured"\n{columns}'
    man = {"id": "1", "name": at.man(), "birth": "2001-06-01", "tel": at.phone("key")}
    man["contact"] = at.name("inner key")
    man["note"] = f"сестра {at.name('note')}"
    at.pages["/list.json"] = answer(json.dumps({"men": [man]}, ensure_ascii=False))
    at.sources["json"] = (
        f'kind = "json"\nurl = "{url}/list.json"\nclaim = "captured"\n'
        'columns = { external_id = "id", name = "name", birth_date = "birth" }\n'
    )


def _pfif(at: Places, url: str) -> None:
    page = (
        '<?xml version="1.0"?><pfif:pfif xmlns:pfif="http://zesty.ca/pfif/1.4"><pfif:person>'
        f"<pfif:person_record_id>x/1</pfif:person_record_id><pfif:full_name>{at.man()}"
        f"</pfif:full_name><pfif:author_name>{at.name('author')}</pfif:author_name>"
        f"<pfif:author_email>{at.handle('mail')}@mail.example</pfif:author_email>"
        f"<pfif:author_phone>{at.phone('author')}</pfif:author_phone>"
        f"<pfif:source_name>{at.name('source')}</pfif:source_name>"
        f"<pfif:profile_urls>https://vk.com/{at.handle('profiles')}</pfif:profile_urls>"
        f"<pfif:note><pfif:note_record_id>x/n</pfif:note_record_id><pfif:author_name>"
        f"{at.name('note')}</pfif:author_name><pfif:text>Звоните {at.phone('note')}</pfif:text>"
        "</pfif:note></pfif:person></pfif:pfif>"
    )
    at.pages["/pfif.xml"] = answer(page)
    at.sources["pfif"] = f'kind = "pfif"\nurl = "{url}/pfif.xml"\nclaim = "captured"\n'


def _errors(at: Places, url: str) -> None:
    """Pages that are errors: by their status, by what they hold, by what they lack."""
    said = f"<html><body>Пост удалён: {at.name('503')}, {at.phone('503')}</body></html>"
    at.pages["/down"] = answer(said, 503, Retry_After="0")
    at.pages["/lost"] = answer(f"{at.name('404')} {at.handle('404')}", 404)
    at.pages["/s/leer"] = answer(f"<html><body>{at.name('changed page')}</body></html>")
    at.pages["/odd.csv"] = answer(f"{at.name('header of a list')};{at.phone('header')}\n1;2\n")
    at.pages["/odd.json"] = answer(f'{{"men": "{at.name("broken JSON")}')
    at.pages["/odd.jsonl"] = answer(
        json.dumps({"post_id": at.handle("broken post"), "text": at.phone("broken post")}) + "\n"
    )
    at.sources |= {
        "down": f'kind = "rss"\nurl = "{url}/down"\n',
        "lost": f'kind = "rss"\nurl = "{url}/lost"\n',
        "leer": f'kind = "telegram"\nurl = "{url}/s/leer"\n',
        "odd": f'kind = "csv"\nurl = "{url}/odd.csv"\nclaim = "captured"\n'
               'columns = { name = "name" }\n',
        "oddjson": f'kind = "json"\nurl = "{url}/odd.json"\nclaim = "captured"\n'
                   'columns = { name = "name" }\n',
        "oddposts": f'kind = "posts"\nurl = "{url}/odd.jsonl"\n',
    }  # fmt: skip


def _addresses(at: Places, url: str) -> None:
    """A redirect to an address with a handle in it; a file that the server names after somebody."""
    to = f"{url}/moved.csv?by={at.handle('redirect')}&tel={at.phone('redirect')}"
    at.pages["/old.csv"] = answer(b"", 302, Location=to)
    at.pages["/moved.csv"] = answer(
        f"id;name\n1;{at.man()}\n",
        Content_Disposition=f'attachment; filename="{at.handle("filename")}.csv"',
    )
    at.sources["moved"] = (
        f'kind = "csv"\nurl = "{url}/old.csv"\nclaim = "captured"\n'
        'columns = { external_id = "id", name = "name" }\n'
    )
