"""The types that pass between the rooms, and the tree of errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# Errors:
#
#   RollcallError
#   ├── UnusableInput       exit 2: a wrong argument, file or configuration
#   │   ├── SourceInvalid   a source's TOML file is wrong (file, key, nearest right key)
#   │   └── StoreUnusable   not our file, a newer schema, too old a SQLite, replaced under us
#   ├── CollectFailed       one source could not be collected; the others go on
#   │   ├── SourceChanged   the page answers but no longer looks as it did
#   │   ├── SourceGone      the channel, wall or page is no longer there
#   │   └── SourceRefused   robots.txt, a token, a captcha or a quota says no
#   └── AlreadyRunning      a second service was started on the same store


class RollcallError(Exception):
    """Anything rollcall raises on purpose; its text is one line fit for an operator."""


class UnusableInput(RollcallError):
    """The command cannot start: a wrong argument, file or configuration. Exit status 2."""


class SourceInvalid(UnusableInput):
    """A source's TOML file is wrong; the text names the file, the key and the nearest right one."""


class StoreUnusable(UnusableInput):
    """The database cannot be used; the text says which file and why."""


class CollectFailed(RollcallError):
    """One source could not be collected; the text names the source, the place and the cause."""

    fetches: tuple[Fetch, ...] = ()  # the exchanges until it failed, for the store
    hold: timedelta | None = None  # the server's wish: nothing is to be tried before it has passed


class SourceChanged(CollectFailed):
    """A page answered but does not look as it did: never taken for "no posts"."""


class SourceGone(CollectFailed):
    """The channel, wall or page is no longer there. No proof that its posts were deleted."""


class SourceRefused(CollectFailed):
    """robots.txt, a token, a quota or a captcha forbids collecting."""


class AlreadyRunning(RollcallError):
    """Another service holds this store."""


class Claim(StrEnum):
    """What a record asserts of its person."""

    SOUGHT = "sought"
    CAPTURED = "captured"
    RELEASED = "released"
    FOUND_ALIVE = "found_alive"
    DECEASED = "deceased"
    RETRACTED = "retracted"


class Status(StrEnum):
    """What is known of a person on a day; on one day the later of this order wins."""

    MISSING = "missing"
    CAPTURED = "captured"
    FOUND_ALIVE = "found_alive"
    RELEASED = "released"
    DECEASED = "deceased"


class Category(StrEnum):
    """How a soldier came to serve."""

    CONSCRIPT = "conscript"
    CONTRACT = "contract"
    MOBILISED = "mobilised"
    VOLUNTEER = "volunteer"


class Evidence(StrEnum):
    """How well a status event is supported, weakest first."""

    REPORTED = "reported"
    CORROBORATED = "corroborated"
    CONFIRMED = "confirmed"


class Judgement(StrEnum):
    """Do two records speak of one man?"""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class Outcome(StrEnum):
    """How a fetch ended. Nothing is ever inferred to be deleted from anything but `ok`."""

    OK = "ok"
    UNCHANGED = "unchanged"
    SUSPECT = "suspect"
    FAILED = "failed"


class Sex(StrEnum):
    """As grammar or a list states it."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What a healthy import of a list looks like; shares are of the last accepted import."""

    min_rows: int | None = None
    max_shrink: float = 0.05
    max_growth: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One configured origin, as its TOML file says. `name` is the file's stem."""

    name: str
    kind: str
    url: str
    path: str  # the TOML file, for messages and to resolve a relative `url`
    claim: Claim | None = None  # what a row asserts unless it says otherwise; None for posts
    claims: Mapping[str, Claim] = field(default_factory=dict)  # words of its status column → claim
    every: timedelta = timedelta(hours=6)
    every_min: timedelta | None = None  # bounds within which the schedule follows the news;
    every_max: timedelta | None = None  # None: always `every`
    proxy: str | None = None  # asked through it: http://… or socks5h://…; never the environment's
    encoding: str | None = None
    delimiter: str | None = None
    # our field → their column or selector; several are joined
    columns: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    # rows to take: their key → value, or any of several
    where: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)  # kind's own keys
    expect: Expect = Expect()
    owner: str = ""  # sources of one owner are not independent; defaults to the name
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published item as fetched. `text` is raw and must never be stored or logged."""

    source: str
    external_id: str
    posted_at: datetime  # aware, in the offset the source gives: relative dates count from it
    text: str
    edited_at: datetime | None = None
    deleted_at: datetime | None = None
    forwarded_from: str | None = None  # dropped before the store unless a channel's name
    reply_to: str | None = None  # external id of the post answered
    thread: str | None = None  # public id of the discussion it stands in (a forum's topic)
    url: str | None = None  # only of channels' and communities' posts, never of a personal wall


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One row of a list as fetched: our field names → raw cell text. Must never be stored as is."""

    source: str
    row: int  # 1-based, in document order
    cells: Mapping[str, str]
    claim: Claim | None = None  # of this row, where the list says so; else the source's
    external_id: str | None = None  # the list's own id of the row, where it has one


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One exchange with a server, or one read of a file."""

    source: str
    url: str  # without tokens and session ids
    started_at: datetime
    seconds: float
    outcome: Outcome
    status: int | None = None
    size: int = 0  # bytes after decompression
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of one answer as evidence: their hash and, where there is a vault, sealed."""

    source: str
    url: str  # without tokens and session ids
    captured_at: datetime
    client: str  # name and version of what fetched it
    sha256: str  # of the raw bytes
    size: int  # of the raw bytes
    recipient: str | None = None  # the age public key it is sealed to; None: nothing raw is kept
    sealed: bytes | None = None  # an age file


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What is committed in one transaction: posts or rows, the cursor after them, the fetches."""

    source: str
    posts: tuple[Post, ...] = ()
    rows: tuple[ListRow, ...] = ()
    deleted: tuple[str, ...] = ()  # external ids whose absence an `ok` fetch showed
    cursor: Mapping[str, object] = field(default_factory=dict)  # JSON values only
    fetches: tuple[Fetch, ...] = ()
    captures: tuple[Capture, ...] = ()  # the answers it was read from
    whole_list: bool = False  # `rows` is the complete list: rows not in it are gone
    header: tuple[str, ...] = ()  # of a list that has one, as it stands there
    encoding: str | None = None  # of a list's file: "utf-8" or "other"; None: either


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where in the redacted text a field was read, and the rule that read it."""

    field: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One person as one post or one list row states him. None means: the text does not say."""

    surname: str | None = None
    given: str | None = None
    patronymic: str | None = None
    birth_date: str | None = None  # YYYY, YYYY-MM or YYYY-MM-DD, never more precise than the text
    age: int | None = None  # as stated, never computed
    sex: Sex | None = None
    category: Category | None = None
    unit: str | None = None  # в/ч number, five digits
    rank: str | None = None
    call_sign: str | None = None
    home_region: str | None = None  # ISO 3166-2
    home_place: str | None = None
    last_contact: str | None = None  # YYYY-MM-DD
    last_seen_place: str | None = None
    claim: Claim = Claim.SOUGHT
    asks: bool = False  # this post asks for him or counts him among the sought: starts his count
    event_date: str | None = None  # YYYY-MM-DD when the claim became public, where a row says so
    facts: tuple[str, ...] = ()  # court_absent, court_dead, burial, dna, hearsay_death …
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why an editor must look at a list's row before it counts, and what was read of it."""

    why: str  # without anyone's name
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one post says: text safe to keep, and its records."""

    text: str
    records: tuple[Record, ...]
    extractor: str  # version of the rules that read it
    title: str | None = None  # of its thread, where the text bears one; raw: only hashed to disk
    doubt: Doubt | None = None  # of a list's row
    unread: tuple[str, ...] = ()  # columns of a list's row in which no date could be read


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record with its place on the ladder, as `dedupe` reads it from the store."""

    record_id: str
    record: Record
    source: str
    owner: str
    external_id: str  # of the post, or the row number
    row: int | None  # 1-based for list rows, None for posts
    public_at: datetime  # when its claim became public (edited_at where the edit brought it)
    learned_at: datetime
    copy_of: str | None = None  # forwards and near-copies: the record id it repeats
    asked_at: datetime | None = None  # when this post first asked for him, edits notwithstanding
    forwarded_from: str | None = None  # the channel it repeats
    held: bool = False  # told in a flood of its source that no editor has reviewed
    thread: str | None = None  # the discussion its post stands in, in its source
    reply_to: str | None = None  # external id of the post that its post answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason for or against: the comparison, its weight in bits, and what was compared."""

    comparison: str
    level: str
    weight: float
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Same, different or unsure; who said so, when and why. Appended, never changed."""

    left: str  # record ids, left < right
    right: str
    judgement: Judgement
    score: float | None  # total weight in bits; None for a human's
    by: str  # "model:<version>" or an editor's name
    at: datetime
    findings: tuple[Finding, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusEvent:
    """A dated change in a person's standing."""

    person_id: str
    status: Status | None  # None: a retraction
    public_on: str  # YYYY-MM-DD, Moscow day
    learned_at: datetime
    record_id: str
    evidence: Evidence
    retracts: tuple[str, ...] = ()  # record ids of the events taken back
    retracted: bool = False  # taken back by a later event
    corroborated_on: str | None = None  # Moscow day from which a second source stood behind it


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A cluster described: the best value of each field, and when he was first sought."""

    person_id: str
    records: tuple[str, ...]
    surname: str | None
    given: str | None
    patronymic: str | None
    birth_date: str | None
    age: int | None
    sex: Sex | None
    category: Category | None
    unit: str | None
    home_region: str | None
    home_place: str | None
    sought_from: str | None  # YYYY-MM-DD, Moscow day of the first public search; None: list only
    events: tuple[StatusEvent, ...] = ()
    last_contact: str | None = None  # YYYY-MM-DD, as his people said when they first searched
    first_source: str | None = None  # where he was first sought
