"""Row-level security: what a transaction without, with one and with several paths sees."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError, ProgrammingError

from services.data import people
from services.data.engine import APP_ROLE, SYSTEM_SCOPE, Database, owner_work
from services.data.protection import by_row, in_scope, once, open_to_reader, respelled
from services.data.work import Scope
from services.security.permissions import Role
from tests.places import SUZHOU, add_firm, add_person

pytestmark = pytest.mark.postgres

# Tables with organization data that stand without row security, each with its reason.
EXCEPTIONS: dict[str, str] = {}
FIRMS = text("SELECT code FROM base.organization WHERE kind = 'enterprise' ORDER BY code")
INSERT = text(
    "INSERT INTO business.draft (organization_id, year, access_path, method, rows, revision, "
    "edited_by, edited_at) VALUES (:id, 2023, CAST(:path AS ltree), '', '[]', 1, 1, now())"
)


def codes(database, *paths):
    with database.work(Scope(paths)) as work:
        return list(work.connection.scalars(FIRMS))


@pytest.fixture
def firms(database):
    return add_firm(database, "T1"), add_firm(database, "T2", SUZHOU)


def test_without_a_scope_no_firm_is_seen(database, firms):
    assert codes(database) == []


def test_without_a_scope_provinces_and_cities_are_seen(database):
    with database.work(Scope()) as work:
        kinds = work.connection.scalars(text("SELECT DISTINCT kind FROM base.organization"))
        assert set(kinds) == {"country", "province", "city"}


def test_one_path_shows_what_lies_at_or_below_it(database, firms):
    assert codes(database, firms[0].access_path) == ["T1"]
    assert codes(database, "cn.p320000") == ["T1", "T2"]


def test_two_paths_show_both(database, firms):
    assert codes(database, firms[0].access_path, firms[1].access_path) == ["T1", "T2"]


def test_a_path_that_only_begins_alike_shows_nothing(database, firms):
    assert codes(database, firms[0].access_path + "0") == []
    assert codes(database, firms[0].access_path[:-1]) == []


def test_after_commit_the_same_transactional_connection_shows_nothing(database, firms):
    with database.work(SYSTEM_SCOPE) as work:
        assert list(work.connection.scalars(FIRMS)) == ["T1", "T2"]
        work.commit()
        assert list(work.connection.scalars(FIRMS)) == []


def test_a_reused_pooled_connection_remembers_no_scope(app_url, firms):
    one = Database(app_url, pool_size=1)
    try:
        backend = text("SELECT pg_backend_pid()")
        with one.work(SYSTEM_SCOPE) as work:
            first = work.connection.scalar(backend)
            assert list(work.connection.scalars(FIRMS)) == ["T1", "T2"]
            work.commit()
        with one.engine.connect() as connection:
            assert connection.scalar(backend) == first
            # The setting is '' now, not NULL: the policy must not read it as the root.
            setting = text("SELECT current_setting('app.access', true)")
            assert connection.scalar(setting) == ""
            assert list(connection.scalars(FIRMS)) == []
    finally:
        one.dispose()


def test_what_a_connection_has_prepared_shows_the_next_scope_its_own_rows_alone(app_url, firms):
    # A connection is told a query once it has asked it often enough, and keeps it over a ROLLBACK.
    known = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE :wanted")
    one = Database(app_url, pool_size=1)
    try:
        scopes = [firms[0].access_path, firms[1].access_path, "cn.p320000"]
        for _ in range(5):
            seen = [codes(one, path) for path in scopes]
        assert seen == [["T1"], ["T2"], ["T1", "T2"]]
        assert codes(one) == []
        with one.work(Scope()) as work:
            wanted = {"wanted": f"{FIRMS.text}%"}
            assert work.connection.scalar(known, wanted) == 1
    finally:
        one.dispose()


def test_a_row_of_another_place_cannot_be_written(database, firms):
    mine, other = firms
    with (
        database.work(Scope((mine.access_path,))) as work,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        work.connection.execute(INSERT, {"id": other.organization_id, "path": other.access_path})


def test_a_row_cannot_be_moved_to_another_place(database, firms):
    mine, other = firms
    move = text("UPDATE base.organization SET access_path = CAST(:path AS ltree) WHERE code = 'T1'")
    with (
        database.work(Scope((mine.access_path,))) as work,
        pytest.raises(ProgrammingError, match="row-level security"),
    ):
        work.connection.execute(move, {"path": other.access_path})


OF_PEOPLE = {
    "base.session own",
    "base.credential of_who_left",
    *(f"base.{table} nobodys" for table in ("credential", "second_factor", "api_token")),
}
POLICIES = text("""
    SELECT polrelid::regclass::text || ' ' || polname AS name,
      coalesce(pg_get_expr(polqual, polrelid), '') AS shown,
      coalesce(pg_get_expr(polwithcheck, polrelid), '') AS checked
    FROM pg_policy ORDER BY name
""")


def test_policies_can_be_spelled_without_a_sub_query_and_back(owner_url):
    with owner_work(owner_url) as work:
        before = work.connection.execute(POLICIES).all()
        work.connection.execute(text(respelled(by_row)))
        plain = work.connection.execute(POLICIES).all()
        work.connection.execute(text(respelled(once)))
        after = work.connection.execute(POLICIES).all()
    assert any("SELECT" in shown for _, shown, _ in before)
    # What belongs to people stays in one place, and may ask who its person is.
    spelled = [row for row in plain if row.name not in OF_PEOPLE]
    assert not any("SELECT" in shown + checked for _, shown, checked in spelled)
    assert after == before


SET = text("SELECT set_config(:name, :value, true)")
SHOWN = """
    SELECT access_path::text FROM unnest(CAST(:paths AS ltree[])) AS place(access_path)
    WHERE ({place}) AND ({label})
"""
READS = st.sampled_from(["", " line ", " line! ", " other ", " line!  other "])
PATHS = st.lists(st.sampled_from(["cn", "cn.p1", "cn.p1.c1", "cn.p1.c10", "cn.p2"]), max_size=3)
PLACES = ("cn", "cn.p1", "cn.p1.c1", "cn.p1.c1.o1", "cn.p1.c10", "cn.p10", "cn.p2", "cn.p2.o2")


@given(readable=READS, closed=st.none() | PATHS, scope=PATHS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_both_spellings_show_what_plain_words_say(owner_url, readable, closed, scope):
    expected = [
        path
        for path in PLACES
        if any(f"{path}.".startswith(f"{place}.") for place in scope)
        and (
            " line " in readable
            or (
                " line! " in readable
                and closed is not None
                and not any(f"{path}.".startswith(f"{place}.") for place in closed)
            )
        )
    ]
    made = {"access": " ".join(scope), "readable": readable, "place": (scope or [""])[0]}
    if closed is not None:
        made["closed_line"] = " ".join(closed)
    with owner_work(owner_url, Scope()) as work:
        for name, value in made.items():
            work.connection.execute(SET, {"name": f"app.{name}", "value": value})
        for read in (once, by_row):
            asked = SHOWN.format(place=in_scope(read), label=open_to_reader("line", read))
            found = work.connection.scalars(text(asked), {"paths": list(PLACES)})
            assert list(found) == expected, read.__name__


def test_the_owner_is_held_by_row_security_too(owner_url, firms):
    with owner_work(owner_url, Scope()) as work:
        assert list(work.connection.scalars(FIRMS)) == []


def test_every_table_with_organization_data_has_row_security_forced(database):
    tables = text("""
        SELECT n.nspname || '.' || c.relname AS name,
               c.relrowsecurity AND c.relforcerowsecurity
               AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) AS guarded
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
          AND (n.nspname IN ('collected', 'business', 'statistics') OR EXISTS (
               SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'access_path'))
    """)
    with database.work(Scope()) as work:
        found = {row.name: row.guarded for row in work.connection.execute(tables)}
    assert len(found) > 12
    assert [name for name, guarded in found.items() if not guarded] == sorted(EXCEPTIONS)


def test_partitions_are_reached_only_through_the_guarded_table_above_them(database):
    open_partitions = text("""
        SELECT oid::regclass::text FROM pg_class
        WHERE relispartition AND relkind = 'r' AND has_table_privilege(oid, 'SELECT')
    """)
    with database.work(Scope()) as work:
        assert list(work.connection.scalars(open_partitions)) == []


def test_every_key_of_organization_data_begins_with_the_organization(database):
    keys = text("""
        SELECT i.indrelid::regclass::text AS name, a.attname
        FROM pg_index i
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indisunique AND n.nspname IN ('collected', 'business', 'statistics')
          AND NOT c.relispartition
    """)
    with database.work(Scope()) as work:
        found = work.connection.execute(keys).all()
    assert len(found) > 10
    assert [row.name for row in found if row.attname != "organization_id"] == []


def test_views_use_the_rights_of_who_asks_and_nothing_is_materialized(database):
    views = text("""
        SELECT c.relname, c.relkind, c.reloptions FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('v', 'm')
          AND n.nspname IN ('base', 'collected', 'business', 'statistics')
    """)
    with database.work(Scope()) as work:
        found = work.connection.execute(views).all()
    unsafe = [
        row.relname
        for row in found
        if row.relkind == "m" or "security_invoker=true" not in (row.reloptions or [])
    ]
    assert unsafe == []


def test_the_application_owns_nothing_and_cannot_bypass(database):
    owned = text("""
        SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user
    """)
    role = text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
                "WHERE rolname = current_user")  # fmt: skip
    with database.work(Scope()) as work:
        assert work.connection.scalar(text("SELECT current_user")) == APP_ROLE
        assert work.connection.scalar(owned) == 0
        assert tuple(work.connection.execute(role).one()) == (False, False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE business.draft DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE business.run DISABLE TRIGGER ALL",
        "CREATE TABLE base.mine (x int)",
        "TRUNCATE business.draft",
        "DELETE FROM base.factor",
    ],
)
def test_the_application_may_not_change_the_schema_or_base_data(database, statement):
    with (
        database.work(SYSTEM_SCOPE) as work,
        pytest.raises(ProgrammingError, match=r"must be owner|permission denied"),
    ):
        work.connection.execute(text(statement))


@pytest.mark.parametrize("table", ["collected.submission", "business.run", "business.audit_event"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET organization_id = 1", "DELETE FROM {}"])
def test_facts_cannot_be_changed_or_removed_by_the_application(database, table, statement):
    with database.work(SYSTEM_SCOPE) as work, pytest.raises(DBAPIError, match="permission denied"):
        work.connection.execute(text(statement.format(table)))


def test_facts_cannot_be_removed_by_the_owner_either(database, owner_url, firms):
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.execute(
            text(
                "INSERT INTO business.audit_event (organization_id, access_path, action, resource, "
                "before, after, channel, at) VALUES (1, 'cn', '', '', '{}', '{}', '', now())"
            )
        )
        work.commit()
    for statement in ("DELETE FROM business.audit_event", "TRUNCATE business.audit_event"):
        with (
            owner_work(owner_url) as work,
            pytest.raises((InternalError, DBAPIError), match="keeps every row"),
        ):
            work.connection.execute(text(statement))


WRITES = (
    "INSERT INTO base.data_label (data_set, organization_id, access_path, label, applies_from,"
    " reason, source, status, set_at) VALUES ('line', 100000, 'cn', 1, '2026-01-01', '', '', '',"
    " now())",
    "INSERT INTO base.person_clearance (person_id, clearance, reason, set_by, set_at)"
    " VALUES (:person, 4, 'because', :person, now())",
    "INSERT INTO base.institution (kind, code, name_zh, name_en)"
    " VALUES ('regulator', 'R1', 'R', 'R')",
    "UPDATE base.institution SET name_zh = 'changed' WHERE code = 'R0'",
    "INSERT INTO base.saved_view (person_id, name, query, made_at) VALUES (:person, 'v', '{}',"
    " now())",
)


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("role", [Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR])
def test_labels_institutions_and_searches_are_written_by_their_administrator_alone(
    database, role, write
):
    other = next(each for each in Role if each not in (role, Role.WALL))
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.exec_driver_sql(
            "INSERT INTO base.institution (kind, code, name_zh, name_en)"
            " VALUES ('regulator', 'R0', 'R', 'R')"
        )
        work.commit()
    mine = (role is Role.AUDIT_ADMINISTRATOR) == ("saved_view" in write)
    for name, held, may in (("holder", role, mine), ("other", other, False)):
        actor = add_person(database, name, (held, 100_000))
        assert written(database, actor, write) == may


@pytest.mark.parametrize("write", [one for one in WRITES if "base.institution" in one])
def test_institutions_are_not_kept_by_whoever_holds_the_role_at_one_place(database, write):
    with database.work(SYSTEM_SCOPE) as work:
        work.connection.exec_driver_sql(WRITES[2].replace("R1", "R0"))
        work.commit()
    actor = add_person(database, "local", (Role.SECURITY_ADMINISTRATOR, SUZHOU))
    assert not written(database, actor, write, actor.memberships[0].access_path)


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (Role.SYSTEM_ADMINISTRATOR, 100_000, True),
        (Role.SYSTEM_ADMINISTRATOR, SUZHOU, False),
        (Role.SECURITY_ADMINISTRATOR, 100_000, False),
        (Role.MANAGER, 100_000, False),
    ],
)
def test_only_the_named_role_held_nationwide_acts_in_anothers_stead(database, role, place, may):
    helped = add_person(database, "helped", (Role.REPORTER, SUZHOU))
    actor = add_person(database, "helper", (role, place))
    scope = Scope((actor.memberships[0].access_path,), actor.person_id)
    with database.work(scope) as work:
        assert people.stand_in(work, helped.person_id, Role.SYSTEM_ADMINISTRATOR.value) == may
        acting = work.connection.scalar(text("SELECT current_setting('app.person')"))
        assert acting == str(helped.person_id if may else actor.person_id)
        work.commit()
        assert not work.connection.scalar(text("SELECT current_setting('app.person', true)"))


def written(database, actor, write, path="cn"):
    """Return whether the database let somebody write, whose scope is the whole tree or a path."""
    with database.work(Scope((path,), actor.person_id)) as work:
        try:
            return work.connection.execute(text(write), {"person": actor.person_id}).rowcount > 0
        except ProgrammingError as error:
            if "row-level security" not in str(error):
                raise
            return False
