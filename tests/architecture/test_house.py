"""House rules that a linter does not know: who reads the clock, whose tables are whose, who hears which fact."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from server.events.facts import FACTS
from server.wiring import LISTENERS

SERVER = Path(__file__).resolve().parents[2] / "server"
MODULES = sorted(path for path in SERVER.rglob("*.py") if "migrations" not in path.parts)
ROOMS = ("accounts", "chat", "events", "realtime", "foundation")
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Facts that nobody hears yet, and who will.
UNHEARD = {
    "availability.coverage_gap_found": "the coordinators' desk will show it",
}
# Who may look at a clock beside foundation/clock.py, and why.
CLOCK_READERS = {
    "foundation/clock.py": "the only reader of the clock",
    "foundation/ids.py": "UUID version 7 holds the time",
    "entry/daphne_server.py": "Daphne compares its own `last_ping` with the wall clock",
    "foundation/rate_limits.py": "the library's windows end at wall-clock instants",
    "foundation/windows.py": "windows that end where the library's end",
}
CLOCKS = {
    "now",
    "utcnow",
    "today",
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "localtime",
    "gmtime",
}
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60


def name_of(path: Path) -> str:
    """Return a module's path below server/."""
    return path.relative_to(SERVER).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    """Return a module's tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def list_functions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, Function]]:
    """Yield (dotted name, function) of a tree, those inside classes and functions included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            name = f"{inside}.{node.name}" if inside else node.name
            if not isinstance(node, ast.ClassDef):
                yield name, node
            yield from list_functions(node, name)
        else:
            yield from list_functions(node, inside)


def test_there_is_a_house_to_look_at() -> None:
    assert len(MODULES) > 90
    assert {"chat/actions/accept.py", "realtime/hub.py"} <= {name_of(path) for path in MODULES}


def test_every_fact_is_heard_or_said_to_be_unheard() -> None:
    heard = {kind.fact_name for kind, listeners in LISTENERS.items() if listeners}
    assert heard | UNHEARD.keys() == FACTS.keys()
    assert heard & UNHEARD.keys() == set(), "strike from UNHEARD what is heard"


def test_a_rooms_tables_are_its_own() -> None:
    strangers = []
    for path in MODULES:
        own = path.relative_to(SERVER).parts[0]
        for node in ast.walk(parse(path)):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                match = re.fullmatch(r"server\.(\w+)\.models", module)
                if match and match[1] != own:
                    strangers.append(f"{name_of(path)}: {module}")
    assert strangers == [], "ask a query of that room instead"


def test_only_the_clock_reads_the_clock() -> None:
    readers = set()
    for path in MODULES:
        for node in ast.walk(parse(path)):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in CLOCKS
                and isinstance(node.value, (ast.Name, ast.Attribute))
            ):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if owner in ("datetime", "date", "time", "timezone"):
                    readers.add(name_of(path))
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                readers.add(name_of(path))
    assert readers == set(CLOCK_READERS)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < MOST_LINES_OF_A_FILE


def test_functions_stay_small() -> None:
    long = [
        f"{name_of(path)}: {name} has {length} lines"
        for path in MODULES
        for name, node in list_functions(parse(path))
        if (length := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def is_public(name: str, node: Function) -> bool:
    """Tell whether somebody else may call it: nothing private on the way, nothing inside another function."""
    parts = name.split(".")
    return not any(part.startswith("_") for part in parts) and node.col_offset <= 4 * (len(parts) - 1)


def test_what_others_may_call_says_what_it_does() -> None:
    silent = []
    for path in MODULES:
        tree = parse(path)
        if ast.get_docstring(tree) is None:
            silent.append(f"{name_of(path)}: the module")
        inner = {id(child) for _, outer in list_functions(tree) for _, child in list_functions(outer)}
        for name, node in list_functions(tree):
            told = ast.get_docstring(node) is not None
            if not told and is_public(name, node) and id(node) not in inner and not _is_overload(node):
                silent.append(f"{name_of(path)}: {name}")
    assert silent == []


def _is_overload(node: Function) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)


def test_classes_that_others_may_use_say_what_they_are() -> None:
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in MODULES
        for node in parse(path).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_") and ast.get_docstring(node) is None
    ]
    assert silent == []


def test_nobody_prints() -> None:
    printing = [
        name_of(path)
        for path in MODULES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "breakpoint")
    ]
    assert printing == [], "a command writes to its own stdout, everything else to the log"


STATEMENT = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH)\b")
# Parts of a statement that the code itself writes: constants, names of tables and columns, marks for parameters.
WRITTEN_IN_CODE = re.compile(
    r"_[A-Z_]+|[A-Z][A-Z_]+|table|names|marks|arrays|alike|parts|parts\[-1\]|before|where|given|shape\.conflict|conflict|word|name|kind|at|sql|people_sql|"
    r"\*?columns.*|', '\.join\(.*\)|_given\(.*\)|len\(keys\) \+ at"
)


def test_no_value_is_written_into_a_statement() -> None:
    suspicious = []
    for path in MODULES:
        for node in ast.walk(parse(path)):
            if isinstance(node, ast.JoinedStr):
                fixed = "".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
                if STATEMENT.search(fixed):
                    suspicious += [
                        f"{name_of(path)}:{node.lineno}: {ast.unparse(one.value)}"
                        for one in node.values
                        if isinstance(one, ast.FormattedValue) and not WRITTEN_IN_CODE.fullmatch(ast.unparse(one.value))
                    ]
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
                text = str(node.left.value)
                if STATEMENT.search(text) and "%(" not in text:
                    suspicious.append(f"{name_of(path)}:{node.lineno}: % formatting")
    assert suspicious == []


def test_no_raw_sql_goes_round_the_pipeline() -> None:
    """`.raw(`, `.extra(` and cursors of Django's belong nowhere but in the doors to the database."""
    doors = {"foundation/database.py", "foundation/postgres.py", "foundation/sentinel.py"}
    found = {
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        if name_of(path) not in doors
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("raw", "extra", "cursor", "RawSQL")
    }
    assert found == set()
