"""Every connection of the pages → one that can only read this one file."""

from __future__ import annotations

from typing import Any

import pysqlite3 as sqlite3
from datasette import hookimpl

# What a query may do: read, call functions, recurse, a read transaction. No ATTACH: it could open
# any database the process can reach.
_ACTIONS = frozenset(
    {
        sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION,
    }
)  # fmt: skip
# Pragmas that tell and change nothing, whatever their argument.
_PRAGMAS = frozenset(
    {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo",
        "foreign_key_list", "function_list", "module_list", "pragma_list", "collation_list",
        "database_list", "compile_options", "data_version", "encoding", "page_count", "page_size",
        "schema_version", "user_version", "application_id", "max_page_count", "query_only",
        "recursive_triggers",
    }
)  # fmt: skip
_TELL_ONLY = frozenset({"table_info", "table_xinfo", "table_list", "index_list", "index_info",
                        "index_xinfo", "foreign_key_list"})  # fmt: skip
_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})


def authorize(action: int, first: str | None, second: str | None, *_: Any) -> int:
    """SQLite's question before each statement is prepared: may it?"""
    if action == sqlite3.SQLITE_PRAGMA:
        name = (first or "").lower()
        told = name in _PRAGMAS and (second is None or name in _TELL_ONLY)
        return int(sqlite3.SQLITE_OK if told else sqlite3.SQLITE_DENY)
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
        return int(sqlite3.SQLITE_DENY)
    return int(sqlite3.SQLITE_OK if action in _ACTIONS else sqlite3.SQLITE_DENY)


@hookimpl(trylast=True)  # after the functions of the other plugins are registered
def prepare_connection(conn: Any, database: str) -> None:
    """Lock the connection before a request can use it. Datasette's own catalogue is left alone."""
    if database.startswith("_"):
        return
    conn.execute("PRAGMA query_only = ON")
    conn.execute("PRAGMA trusted_schema = OFF")
    conn.execute("PRAGMA temp_store = MEMORY")
    conn.execute("PRAGMA cache_size = -65536")
    conn.execute("PRAGMA mmap_size = 1073741824")
    conn.set_authorizer(authorize)
