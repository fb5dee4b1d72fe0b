"""What reviews would otherwise have to watch: guards, names, layers, templates, sizes."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask

from workqueue.config import PROJECT
from workqueue.jobs import QUEUE, Job
from workqueue.office import procfile

LONGEST = 400
CODE = [
    path
    for folder in ("workqueue", "workers", "migrations", "tests", "benchmarks", "tools")
    for path in sorted((PROJECT / folder).rglob("*.py"))
]
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
NAMED_TEMPLATE = re.compile(r"""["']([a-z0-9_/]+\.(?:html|txt|xml))["']""")
VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "tools"}


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_every_route_has_a_guard(shared_app: Flask) -> None:
    unguarded = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in shared_app.url_map.iter_rules()
        if not rule.endpoint.endswith("static")
        and not getattr(shared_app.view_functions[rule.endpoint], "guard", None)
    ]
    assert unguarded == []


def test_every_job_is_a_function_that_takes_ids() -> None:
    for job in Job:
        module, _, name = job.value.rpartition(".")
        function = getattr(import_module(module), name)
        kinds = [each.annotation for each in inspect.signature(function).parameters.values()]
        assert all(kind is int for kind in kinds), job


def test_somebody_listens_to_the_queue_of_the_jobs() -> None:
    assert procfile(PROJECT / "Procfile")["worker"] == "python -m workers.main"
    assert "QUEUE" in (PROJECT / "workers" / "main.py").read_text()
    assert QUEUE == "wake"


def views_of(tree: ast.Module) -> list[tuple[ast.FunctionDef, set[str]]]:
    """Return the view functions of a module, each with the methods it answers."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        methods: set[str] = set()
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
                continue
            if decorator.func.attr in {"get", "post", "put", "patch", "delete"}:
                methods.add(decorator.func.attr)
            elif decorator.func.attr == "route":
                named = [each.value for each in decorator.keywords if each.arg == "methods"]
                methods |= set(ast.literal_eval(named[0])) if named else {"get"}
        if methods:
            found.append((node, {each.lower() for each in methods}))
    return found


@pytest.mark.parametrize("layer", ["web", "api"])
def test_only_get_is_answered_by_a_view_of_its_own(layer: str) -> None:
    """A GET never writes: a view that also answers a POST would hide which of the two it is."""
    mixed = [
        f"{relative(path)}:{view.lineno} {view.name}"
        for path in sorted((PROJECT / "workqueue" / layer).rglob("*.py"))
        for view, methods in views_of(ast.parse(path.read_text()))
        if "get" in methods and len(methods) > 1
    ]
    assert mixed == []


def test_only_one_place_commits() -> None:
    commits = [
        f"{relative(path)}:{node.lineno}"
        for path in CODE
        if path.parts[len(PROJECT.parts)] in {"workqueue", "workers"}
        and relative(path) != "workqueue/database.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
        # The release of a savepoint is no commit.
        and "savepoint" not in ast.unparse(node.func.value)
    ]
    assert commits == []


def test_services_do_not_ask_the_clock() -> None:
    asked = [
        f"{relative(path)}:{node.lineno}"
        for layer in ("services", "rules", "models", "x12")
        for path in sorted((PROJECT / "workqueue" / layer).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    ]
    assert asked == []


def test_every_template_that_is_named_exists() -> None:
    sources = [path for path in CODE if path.parts[len(PROJECT.parts)] == "workqueue"]
    named = {
        (relative(path), name)
        for path in [*sources, *TEMPLATES]
        for name in NAMED_TEMPLATE.findall(path.read_text())
    }
    missing = {each for each in named if not (PROJECT / "templates" / each[1]).exists()}
    assert missing == set()


def test_every_template_is_used() -> None:
    sources = [path for path in CODE if path.parts[len(PROJECT.parts)] == "workqueue"]
    text = "\n".join(path.read_text() for path in [*sources, *TEMPLATES])
    # errors/404.html and its like are named by their number, errors/%d.html.
    unused = [
        name
        for path in TEMPLATES
        if (name := str(path.relative_to(PROJECT / "templates"))) not in text
        and not name.startswith("errors/")
    ]
    assert unused == []


def test_fragments_start_with_an_underscore_and_do_not_extend() -> None:
    wrong = []
    for path in TEMPLATES:
        text = path.read_text()
        is_fragment = path.name.startswith("_")
        is_whole_page = "{% extends" in text or "<!doctype" in text.lower()
        if path.parent.name not in {"macros", "shared"} and is_fragment == is_whole_page:
            wrong.append(relative(path))
    assert wrong == []


def test_no_template_writes_style_or_script_into_the_page() -> None:
    """The Content-Security-Policy allows neither, and a browser would drop it in silence."""
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|hx-on", re.IGNORECASE)
    wrong = [
        f"{relative(path)}:{number}"
        for path in TEMPLATES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert wrong == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {relative(path): lines for path in CODE if (lines := len(path.read_text().splitlines())) > LONGEST}
    # A migration is written once by a program and read from top to bottom.
    assert {name: lines for name, lines in long.items() if not name.startswith("migrations/")} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    vague = [relative(path) for path in CODE if path.stem in VAGUE]
    assert vague == []


def test_no_code_is_left_for_later() -> None:
    marker = re.compile(r"#.*\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|NotImplemented" + r"Error")
    left = [
        f"{relative(path)}:{number}"
        for path in [*CODE, *TEMPLATES]
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marker.search(line)
    ]
    assert left == []


@pytest.mark.parametrize("layer", ["web", "api"])
def test_a_page_that_is_looked_at_opens_no_transaction_that_writes(layer: str) -> None:
    writing = [
        f"{relative(path)}:{call.lineno} {view.name}"
        for path in sorted((PROJECT / "workqueue" / layer).rglob("*.py"))
        for view, methods in views_of(ast.parse(path.read_text()))
        if "get" in methods
        for call in ast.walk(view)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "transaction"
    ]
    assert writing == []
