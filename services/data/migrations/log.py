"""SQL of the transparency log: its tables, and the triggers that write a leaf for every record."""

from __future__ import annotations

from collections.abc import Iterator

from services.algorithms.leaves import FORM
from services.data.log_kinds import KINDS, Kind, canonical, record
from services.data.protection import IN_SCOPE, append_only, force, grant

LEAF = "base.log_leaf"
TABLES = (
    # The path of what belongs nowhere is the country's, which only the platform itself sees.
    f"""
    CREATE TABLE {LEAF} (
        leaf_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL,
        record text NOT NULL,
        access_path ltree NOT NULL DEFAULT 'cn',
        salt bytea CHECK (octet_length(salt) = 16),
        commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    f"CREATE INDEX log_leaf_xid ON {LEAF} (xid)",
    f"CREATE INDEX log_leaf_record ON {LEAF} (record, kind)",
    """
    CREATE TABLE base.log_entry (
        position bigint PRIMARY KEY,
        leaf_id bigint NOT NULL UNIQUE,
        hash bytea NOT NULL CHECK (octet_length(hash) = 32)
    )
    """,
    """
    CREATE TABLE base.log_node (
        level integer NOT NULL CHECK (level > 0),
        index bigint NOT NULL,
        hash bytea NOT NULL CHECK (octet_length(hash) = 32),
        PRIMARY KEY (level, index)
    )
    """,
    # Everything of a transaction before `sealed_before` is in the tree of this size.
    """
    CREATE TABLE base.log_checkpoint (
        checkpoint_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        size bigint NOT NULL,
        root bytea NOT NULL CHECK (octet_length(root) = 32),
        sealed_before xid8 NOT NULL,
        note text NOT NULL,
        sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    "CREATE INDEX log_checkpoint_size ON base.log_checkpoint (size)",
    """
    CREATE TABLE base.log_key (
        key text PRIMARY KEY,
        origin text NOT NULL,
        began_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )
    """,
    """
    CREATE TABLE base.log_cosignature (
        size bigint NOT NULL,
        root bytea NOT NULL,
        witness text NOT NULL,
        line text NOT NULL,
        cosigned_at timestamptz NOT NULL,
        PRIMARY KEY (size, root, witness)
    )
    """,
)
SEALED = ("log_entry", "log_node", "log_checkpoint", "log_key", "log_cosignature")
# 128 bits out of two random numbers of 122 each: the embedded server has no other source of them.
_SALT = "substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FOR 16)"
# Whatever the writer's session has set, and whatever it may not write itself.
_AS_OWNER = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
    " SET extra_float_digits = 1"
)
# Of a leaf, only the salt can go: what it stood for can then be confirmed by nobody.
_ONLY_SALT = """
CREATE FUNCTION base.refuse_leaf_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.salt IS NULL
     AND (NEW.leaf_id, NEW.kind, NEW.record, NEW.access_path, NEW.commitment, NEW.xid,
          NEW.recorded_at)
       = (OLD.leaf_id, OLD.kind, OLD.record, OLD.access_path, OLD.commitment, OLD.xid,
          OLD.recorded_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'log_leaf keeps every row as it was written'
    USING ERRCODE = 'restrict_violation';
END $$
"""


def made() -> Iterator[str]:
    """Yield the statements that make the log and cover what is there already."""
    yield from TABLES
    yield from protected()
    yield "ALTER TABLE business.run ADD COLUMN lines_digest text"
    for kind in KINDS:
        yield from covered(kind)


def protected() -> Iterator[str]:
    """Yield who may do what: the application seals, and writes leaves only through triggers."""
    yield from force(LEAF)
    yield f"CREATE POLICY by_place ON {LEAF} USING ({IN_SCOPE})"
    yield f"CREATE POLICY anybody_writes ON {LEAF} FOR INSERT WITH CHECK (true)"
    yield grant(LEAF, "SELECT")
    yield _ONLY_SALT
    yield (
        f"CREATE TRIGGER unchanged BEFORE UPDATE OR DELETE ON {LEAF} "
        "FOR EACH ROW EXECUTE FUNCTION base.refuse_leaf_change()"
    )
    for name in SEALED:
        yield grant(f"base.{name}", "SELECT, INSERT")
        yield from append_only(f"base.{name}")


def covered(kind: Kind) -> Iterator[str]:
    """Yield the statements that cover a table from now on, and the rows it holds."""
    yield from _trigger(kind, "INSERT", f"{_written(kind)} FROM new_rows n")
    if kind.changes:
        same_key = " AND ".join(f"o.{column} = n.{column}" for column in kind.key)
        changed = f"{canonical(kind, 'o')} <> {canonical(kind, 'n')}"
        source = f"FROM new_rows n JOIN old_rows o ON {same_key} WHERE {changed}"
        yield from _trigger(kind, "UPDATE", f"{_written(kind)} {source}")
    if kind.removable:
        yield from _trigger(kind, "DELETE", f"{_removed(kind)} FROM old_rows n")
    # The owner is held by row security too; a migration sees all rows for this statement.
    yield "SET LOCAL app.access = 'cn'"
    yield from _found(kind)


def _found(kind: Kind) -> Iterator[str]:
    found = _insert(kind, f"{_written(kind)} FROM {kind.table} n")
    if not kind.is_personal:
        yield found
        return
    yield f"ALTER TABLE {kind.table} NO FORCE ROW LEVEL SECURITY"
    yield found
    yield f"ALTER TABLE {kind.table} FORCE ROW LEVEL SECURITY"


def removed() -> Iterator[str]:
    """Yield the statements that take the log away again."""
    for kind in KINDS:
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield f"DROP TRIGGER IF EXISTS {_name(kind, event)} ON {kind.table}"
            yield f"DROP FUNCTION IF EXISTS base.{_name(kind, event)}()"
    yield "ALTER TABLE business.run DROP COLUMN lines_digest"
    for name in (*SEALED, "log_leaf"):
        yield f"DROP TABLE base.{name}"
    yield "DROP FUNCTION base.refuse_leaf_change()"


def leaf_of_rows(kind: Kind, rows: str) -> str:
    """Return the statement that writes a leaf anew for rows `n`, as FROM and WHERE name them."""
    return _insert(kind, f"{_written(kind)} FROM {rows}")


def _name(kind: Kind, event: str) -> str:
    return f"log_{kind.name}_{event.lower()}"


def _trigger(kind: Kind, event: str, rows: str) -> Iterator[str]:
    # Once for a statement, so that a batch of a thousand runs is one insert of leaves.
    name = _name(kind, event)
    tables = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }[event]
    body = f"BEGIN {_insert(kind, rows)}; RETURN NULL; END"
    yield f"CREATE FUNCTION base.{name}() RETURNS trigger {_AS_OWNER} AS $log$ {body} $log$"
    yield (
        f"CREATE TRIGGER {name} AFTER {event} ON {kind.table} REFERENCING {tables} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION base.{name}()"
    )


def _insert(kind: Kind, rows: str) -> str:
    place = "access_path, " if kind.has_place else ""
    return (
        f"INSERT INTO {LEAF} ({place}kind, record, salt, commitment)"
        f" SELECT {place}kind, record, salt, sha256(salt || convert_to(content, 'UTF8'))"
        f" FROM (SELECT {rows}) AS made"
    )


def _written(kind: Kind) -> str:
    return _made(kind, kind.name, canonical(kind, "n"))


def _removed(kind: Kind) -> str:
    name = f"{kind.name}.removed"
    return _made(kind, name, f"json_build_array('{FORM}', '{name}', {record(kind, 'n')})::text")


def _made(kind: Kind, name: str, content: str) -> str:
    place = "n.access_path, " if kind.has_place else ""
    return (
        f"{place}'{name}' AS kind, {record(kind, 'n')} AS record, {_SALT} AS salt,"
        f" {content} AS content"
    )
