"""A PFIF document → everything in it that the specifications of 1.2, 1.3 and 1.4 do not allow.

The version is that of the namespace. Persons and notes embedded in an Atom or RSS feed are checked
too; the feed's own elements are not. A required field must say something; an empty optional one
counts as absent. Nothing of a field's text is repeated in a fault: it may be a relative's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.parsers import expat

from store.pfif_formats import wrong
from store.pfif_rules import VERSIONS, Rule, elsewhere, rules

_NAMESPACE = re.compile(r"http://zesty\.ca/pfif/(\d+\.\d+)")
_XSI = "http://www.w3.org/2001/XMLSchema-instance "
_FEEDS = {"http://www.w3.org/2005/Atom feed", "rss"}
_PLACEHOLDER = {"person_record_id", "entry_date", "source_date", "expiry_date"}
_GRACE = timedelta(days=1)  # after its expiry_date nothing of a record may be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, and where."""

    line: int  # from 1
    place: str  # "person", "note/status" …
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found in a document. No faults: it is valid."""

    version: str | None  # None where the namespace is not PFIF's
    persons: int
    notes: int
    faults: tuple[Fault, ...]


@dataclass(slots=True, kw_only=True)
class Node:
    """An element being read."""

    name: str  # "namespace local"
    line: int
    attributes: tuple[str, ...] = ()
    text: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its namespace."""
        return self.name.rpartition(" ")[2]

    @property
    def said(self) -> str:
        """Its text without the blanks around it."""
        return "".join(self.text).strip()


class _Refused(Exception):
    """Entities are declared: they could make any size of a small file."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


def check(document: bytes, now: datetime | None = None) -> Checked:
    """Check one document. `now` (None: do not) finds records kept past their expiry_date."""
    try:
        root = _read(document)
    except expat.ExpatError as error:
        return _unread(error.lineno, f"not XML: {expat.ErrorString(error.code)}")
    except (LookupError, ValueError):
        return _unread(1, "not XML: in an encoding nobody knows")
    except _Refused as refused:
        return _unread(refused.line, "declares XML entities")
    version = _version(root)
    persons = [node for node in _walk(root) if node.local == "person" and _is_pfif(node)]
    notes = [node for node in _walk(root) if node.local == "note" and _is_pfif(node)]
    faults = list(_root(root, version, bool(persons or notes)))
    if version in VERSIONS:
        faults += _Check(version, now).document(root)
    return Checked(
        version=version, persons=len(persons), notes=len(notes),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
    )  # fmt: skip


def _read(document: bytes) -> Node:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    top = Node(name="", line=0)
    stack = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        node = Node(name=name, line=parser.CurrentLineNumber, attributes=tuple(attributes))
        stack[-1].children.append(node)
        stack.append(node)

    def said(text: str) -> None:
        stack[-1].text.append(text)

    def refuse(*_: object) -> None:
        raise _Refused(parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: stack.pop()
    parser.CharacterDataHandler = said
    parser.EntityDeclHandler = refuse
    parser.Parse(document, True)
    return top.children[0]


def _unread(line: int, cause: str) -> Checked:
    fault = Fault(line=line, place="document", cause=cause)
    return Checked(version=None, persons=0, notes=0, faults=(fault,))


def _walk(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(one.children))


def _is_pfif(node: Node) -> bool:
    return _NAMESPACE.fullmatch(node.name.rpartition(" ")[0]) is not None


def _version(root: Node) -> str | None:
    """The version of the first element in a PFIF namespace."""
    spaces = (_NAMESPACE.fullmatch(node.name.rpartition(" ")[0]) for node in _walk(root))
    return next((space[1] for space in spaces if space), None)


def _root(root: Node, version: str | None, has_records: bool) -> Iterator[Fault]:
    if version is None:
        cause = "nothing is in the namespace http://zesty.ca/pfif/1.4 (or 1.3, 1.2)"
        yield Fault(line=root.line, place=root.local, cause=cause)
    elif version not in VERSIONS:
        cause = f"PFIF {version} is not checked; {', '.join(VERSIONS)} are"
        yield Fault(line=root.line, place=root.local, cause=cause)
    elif root.name not in _FEEDS and not (_is_pfif(root) and root.local == "pfif"):
        yield Fault(line=root.line, place=root.local, cause="the root is not pfif:pfif, nor a feed")
    elif not has_records:
        yield Fault(line=root.line, place=root.local, cause="no person and no note")


class _Check:
    """One document by the rules of its version."""

    def __init__(self, version: str, now: datetime | None) -> None:
        self._version = version
        self._space = f"http://zesty.ca/pfif/{version} "
        self._now = now
        self._lines: dict[tuple[str, str], int] = {}  # (field, id) → where it first stood

    def document(self, root: Node) -> Iterator[Fault]:
        """Every fault of every person and note."""
        if root.name == f"{self._space}pfif":
            yield from self._plain(root, "pfif")
            for child in root.children:
                if child.name not in (f"{self._space}person", f"{self._space}note"):
                    yield from self._stranger(child, "pfif")
        inside: set[int] = set()
        for node in _walk(root):
            if node.name == f"{self._space}person":
                notes = [child for child in node.children if child.name == f"{self._space}note"]
                inside.update(map(id, notes))
                yield from self._record(node, "person")
                for note in notes:
                    yield from self._note(note, node)
            elif node.name == f"{self._space}note" and id(node) not in inside:
                yield from self._note(node, None)

    def _note(self, note: Node, owner: Node | None) -> Iterator[Fault]:
        yield from self._record(note, "note", is_outside=owner is None)
        told = self._told(note)
        about = told.get("person_record_id")
        if owner is not None and about is not None:
            mine = self._told(owner).get("person_record_id")
            if mine is not None and mine.said != about.said:
                yield _fault(about, "note", "is not the id of the person around the note")
        linked = told.get("linked_person_record_id")
        whose = about or (self._told(owner).get("person_record_id") if owner else None)
        if linked is not None and whose is not None and linked.said == whose.said:
            yield _fault(linked, "note", "links the person to himself")

    def _told(self, node: Node) -> dict[str, Node]:
        """The filled fields of a record by name, the first of each."""
        found: dict[str, Node] = {}
        for child in node.children:
            if child.name.startswith(self._space) and child.said:
                found.setdefault(child.local, child)
        return found

    def _record(self, node: Node, record: str, *, is_outside: bool = False) -> Iterator[Fault]:
        known = rules(self._version, record)
        yield from self._plain(node, record)
        fields = []
        for child in node.children:
            if child.name == f"{self._space}note" and record == "person":
                continue
            if child.name.startswith(self._space) and child.local in known:
                fields.append(child)
            else:
                yield from self._stranger(child, record)
        for child in fields:
            yield from self._field(child, record, known[child.local])
        yield from self._counts(node, fields, record, known, is_outside=is_outside)
        yield from self._order(node, record)
        if record == "person":
            yield from self._expired(node)

    def _counts(
        self, node: Node, fields: list[Node], record: str, known: dict[str, Rule],
        *, is_outside: bool,
    ) -> Iterator[Fault]:  # fmt: skip
        """Fields given twice, and those that are missing or empty."""
        for name, count in Counter(child.local for child in fields).items():
            if count > 1:
                again = [child for child in fields if child.local == name][1]
                yield _fault(again, record, "is given more than once")
        there = {child.local: child for child in reversed(fields)}
        filled = {name for name, child in there.items() if child.said}
        needs_name = not ("expiry_date" in filled and filled <= _PLACEHOLDER)
        for name, rule in known.items():
            needed = rule.required == "always" or (rule.required == "outside" and is_outside)
            if not needed or name in filled or (name not in _PLACEHOLDER and not needs_name):
                continue
            if name in there:
                yield _fault(there[name], record, "is required, and empty")
            else:
                yield Fault(line=node.line, place=record, cause=f"{name} is missing")

    def _field(self, child: Node, record: str, rule: Rule) -> Iterator[Fault]:
        for inner in child.children:
            yield Fault(
                line=inner.line, place=f"{record}/{child.local}", cause="holds an element, not text"
            )
        yield from self._attributes(child, f"{record}/{child.local}")
        if not child.said:
            return
        if (cause := wrong(rule.format, child.said)) is not None:
            yield _fault(child, record, cause)
        elif child.local == f"{record}_record_id":
            key = (child.local, child.said)
            if key in self._lines:
                line = self._lines[key]
                yield _fault(child, record, f"is also the id of the {record} on line {line}")
            self._lines.setdefault(key, child.line)

    def _order(self, node: Node, record: str) -> Iterator[Fault]:
        """In 1.2 the ids stand first, and a person's notes last; later any order will do."""
        if self._version != "1.2":
            return
        names = [child.local for child in node.children if child.name.startswith(self._space)]
        heads = [name for name in _FIRST[record] if name in names]
        if names[: len(heads)] != heads:
            yield Fault(line=node.line, place=record, cause=f"{', '.join(heads)} must stand first")
        if "note" in names and set(names[names.index("note") :]) != {"note"}:
            yield Fault(line=node.line, place=record, cause="fields stand after its notes")

    def _expired(self, node: Node) -> Iterator[Fault]:
        told = self._told(node)
        expiry = told.get("expiry_date")
        if self._now is None or expiry is None or wrong("time", expiry.said):
            return
        when = datetime.fromisoformat(f"{expiry.said[:19]}+00:00").astimezone(UTC)
        if when + _GRACE < self._now and set(told) - _PLACEHOLDER:
            yield _fault(expiry, "person", "is past; only its ids and dates may be left")

    def _stranger(self, child: Node, place: str) -> Iterator[Fault]:
        if child.name.startswith(self._space):
            cause = elsewhere(self._version, place, child.local)
        elif _is_pfif(child):
            cause = f"is of another PFIF namespace than the {self._version} of the document"
        else:
            cause = "is not in the namespace of PFIF"
        yield _fault(child, place, cause)

    def _plain(self, node: Node, place: str) -> Iterator[Fault]:
        if node.said:
            yield Fault(line=node.line, place=place, cause="holds text outside of any field")
        yield from self._attributes(node, place)

    def _attributes(self, node: Node, place: str) -> Iterator[Fault]:
        for name in node.attributes:
            if not name.startswith(_XSI):
                yield Fault(line=node.line, place=place, cause="has an attribute; PFIF knows none")


_FIRST = {"person": ("person_record_id",), "note": ("note_record_id", "person_record_id")}


def _fault(node: Node, record: str, cause: str) -> Fault:
    name = node.local if re.fullmatch(r"[A-Za-z_]{1,40}", node.local) else "?"
    return Fault(line=node.line, place=f"{record}/{name}", cause=cause)
