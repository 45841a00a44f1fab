"""Random histories of invented people: posts, rows, edits, copies, decisions."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from histories import new_store, post, reading, save_list

import pipeline
from model import Batch, Claim, Decision, Judgement, Post, Record
from store import Store

START = datetime(2025, 1, 1, tzinfo=UTC)
SURNAMES = ("Лыткарёв", "Ондархай", "Магомедов", "Зимин", "Лыткарев", "Тумаков", "Магамедов", "Ким")
GIVEN = ("Савва", "Аян", "Магомед", "Пров", "Слава", "Вячеслав", "Данис", "Денис", "Айдын")
FATHERS = ("Ильич", "Олегович", "Магомедович", "Саввич", "Маратович")
REGIONS = ("RU-TVE", "RU-TY", "RU-DA", "RU-KEM")
PLACES = ("Кашин", "Кызыл", "Дербент", "Тайга")
CLAIMS = (*[Claim.SOUGHT] * 5, Claim.CAPTURED, Claim.RELEASED, Claim.FOUND_ALIVE, Claim.DECEASED)


def man(rng: random.Random) -> Record:
    """A man as his mother would describe him."""
    home = rng.randrange(len(REGIONS))
    born = f"{rng.randint(1998, 2006)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    return Record(
        surname=rng.choice(SURNAMES),
        given=rng.choice(GIVEN),
        patronymic=rng.choice(FATHERS),
        birth_date=born,
        home_region=REGIONS[home],
        home_place=PLACES[home],
        unit=str(rng.randint(97150, 97156)),
        last_contact=f"2024-08-{rng.randint(1, 28):02}",
    )


def said(rng: random.Random, him: Record) -> Record:
    """What one post says of him: some of it, and now and then a slip."""
    fields = ("patronymic", "birth_date", "home_region", "home_place", "unit", "last_contact")
    missing = dict.fromkeys(name for name in fields if rng.random() < 0.45)
    him = replace(him, claim=rng.choice(CLAIMS), **missing)  # type: ignore[arg-type]
    if him.birth_date and rng.random() < 0.4:
        him = replace(him, birth_date=him.birth_date[:4])
    if rng.random() < 0.08:
        him = replace(him, surname=None)
    elif rng.random() < 0.08:
        him = replace(him, given=None)
    elif rng.random() < 0.08:
        him = replace(him, given=f"{str(him.given)[0]}.")
    if him.given and rng.random() < 0.1:
        him = replace(him, given=rng.choice(GIVEN))
    return replace(him, asks=him.claim is Claim.SOUGHT)


def shown(number: str) -> Post:
    """A post of one of two channels; some stand in threads, some answer one before them."""
    n, channel = int(number), ("chat", "news")[int(number) % 2]
    thread = f"thread {n % 30}" if n % 3 == 0 else None
    answered = str(n - 2) if n % 5 == 0 else None
    return post(n, f"2024-09-{1 + n % 28:02}", name=channel, thread=thread, reply_to=answered)


@dataclass
class History:
    """A store and what happens to it; the clock moves a minute with every event."""

    path: Path
    rng: random.Random
    men: list[Record]
    minutes: int = 0
    posts: list[str] = field(default_factory=list)
    sources: Path | None = None  # the folder of weights of its own

    def clock(self) -> datetime:
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    def begins(self, posts: int) -> None:
        """Many posts at once."""
        said_of = [said(self.rng, self.rng.choice(self.men)) for _ in range(posts)]
        self.posts = [str(number + 1) for number in range(posts)]
        for channel in ("chat", "news"):
            mine = [n for n in self.posts if ("chat", "news")[int(n) % 2] == channel]
            batch = Batch(
                source=channel,
                posts=tuple(shown(n) for n in mine),
            )
            readings = [reading(f"{n} {said_of[int(n) - 1]}", said_of[int(n) - 1]) for n in mine]
            with Store.open(self.path) as store:
                store.save_batch(batch, readings, self.clock())

    def speaks(self, number: str, texts: list[Record]) -> None:
        """A post, new or edited, that names these men."""
        text = f"{number} " + " ".join(str(one) for one in texts)
        one = shown(number)
        if number in self.posts:
            one = replace(one, edited_at=datetime(2024, 12, 1, tzinfo=UTC))
        else:
            self.posts.append(number)
        with Store.open(self.path) as store:
            batch = Batch(source=one.source, posts=(one,))
            store.save_batch(batch, [reading(text, *texts)], self.clock())

    def texts(self) -> list[Record]:
        """What one post says, of one man or several."""
        count = self.rng.choice((1, 1, 1, 2, 3))
        return [said(self.rng, self.rng.choice(self.men)) for _ in range(count)]

    def new_post(self) -> None:
        self.speaks(str(len(self.posts) + 1), self.texts())

    def edit(self) -> None:
        """A post comes to say something else, or nothing."""
        number = self.rng.choice(self.posts)
        texts = [said(self.rng, self.rng.choice(self.men))] * self.rng.choice((0, 1, 1))
        self.speaks(number, texts)

    def copies(self) -> None:
        """The words of one post again in the other channel."""
        him = replace(said(self.rng, self.rng.choice(self.men)), claim=Claim.SOUGHT, asks=True)
        words = " ".join(self.rng.choice(PLACES + FATHERS + GIVEN) for _ in range(20))
        for channel in ("chat", "news"):
            number = str(len(self.posts) + 1)
            self.posts.append(number)
            day = f"2024-09-{self.rng.randint(1, 28):02}"
            with Store.open(self.path) as store:
                batch = Batch(source=channel, posts=(post(number, day, name=channel),))
                store.save_batch(batch, [reading(words, him)], self.clock())

    def list_rows(self, rows: int) -> None:
        with Store.open(self.path) as store:
            texts = [said(self.rng, self.rng.choice(self.men)) for _ in range(rows)]
            lines = [(f"row {n} {one}", replace(one, claim=Claim.CAPTURED, asks=False))
                     for n, one in enumerate(texts)]  # fmt: skip
            save_list(store, lines, now=self.clock())

    def live(self) -> list[str]:
        with Store.open(self.path) as store:
            return sorted(record.record_id for record in store.stored_records())

    def decide(self, left: str, right: str, judgement: Judgement) -> None:
        left, right = sorted((left, right))
        with Store.open(self.path) as store:
            store.record_decision(
                Decision(left=left, right=right, judgement=judgement, score=None, by="editor",
                         at=self.clock())
            )  # fmt: skip

    def resolve(self, *, full: bool = False) -> pipeline.Resolved:
        return pipeline.resolve(self.path, self.clock(), full=full, sources=self.sources)

    def persons(self) -> dict[str, str]:
        with Store.open(self.path) as store:
            return store.previous()

    def kept(self) -> dict[str, list[tuple[object, ...]]]:
        """All that increments build on."""
        with Store.open(self.path) as store:
            return {
                table: sorted(map(tuple, store.connection.execute(f"SELECT * FROM {table}")))  # noqa: S608
                for table in ("edge", "company", "block", "linked", "frequency")
            }


def begin(path: Path, seed: int, posts: int, men: int, sources: Path | None = None) -> History:
    """A store with posts and a list, resolved once."""
    rng = random.Random(seed)  # noqa: S311
    history = History(path, rng, [man(rng) for _ in range(men)], sources=sources)
    new_store(path).close()
    history.list_rows(posts // 4)
    history.begins(posts)
    assert history.resolve().full
    return history
