"""Bring the Spanish words of the patients' page up to date: what is said, translated and compiled.

    .venv/bin/python tools/catalog.py       after any change of its words; then translate what is empty, again

Gathered from the page's templates and views, and from the refusals patients may read.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).resolve().parent.parent
PO = PROJECT / "translations" / "es" / "LC_MESSAGES" / "messages.po"
MO = PO.with_suffix(".mo")

TEMPLATES = (
    *sorted((PROJECT / "templates" / "booking").glob("*.html")),
    PROJECT / "templates/macros/booking.html",
)
VIEWS = tuple(sorted((PROJECT / "workqueue" / "web").glob("booking*.py")))
REFUSALS = (
    *sorted((PROJECT / "workqueue" / "services" / "booking").glob("*.py")),
    PROJECT / "workqueue/rules/phones.py",
    PROJECT / "workqueue/rules/refusals.py",
    PROJECT / "workqueue/web/guards.py",
)
HEADER = "# Spanish for the patients' page; see tools/catalog.py."
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""Always the same: a catalog with the same words is the same file."""
JINJA = {"trimmed": "true", "extensions": "jinja2.ext.i18n"}

Message = str | tuple[str, ...]


def messages() -> dict[Message, set[str]]:
    """Return all that patients may read, each with the files it stands in."""
    found: dict[Message, set[str]] = {}
    for path in (*TEMPLATES, *VIEWS, *REFUSALS):
        for message in _said_in(path):
            found.setdefault(message, set()).add(str(path.relative_to(PROJECT)))
    return found


def updated() -> Catalog:
    """Return the catalog as it stands, with all messages of now and no others."""
    with PO.open("rb") as file:
        known = read_po(file, locale="es")
    catalog = Catalog(
        locale="es", project="Workqueue", version="1", fuzzy=False, header_comment=HEADER,
        language_team="Workqueue", last_translator="Workqueue", creation_date=WRITTEN, revision_date=WRITTEN,
    )  # fmt: skip
    for message, places in sorted(messages().items(), key=lambda each: str(each[0])):
        before = known.get(message)
        # The file without the line: lines move with every change, and say little.
        catalog.add(message, before.string if before else "", [(place, None) for place in sorted(places)])
    return catalog


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[Message]:
    return [
        each.id
        for each in catalog
        if each.id and (each.fuzzy or not all(each.string if each.pluralizable else [each.string]))
    ]


def _said_in(path: Path) -> Iterator[Message]:
    if path in REFUSALS:
        yield from _sentences(path)
        return
    method = "jinja2" if path.suffix == ".html" else "python"
    with path.open("rb") as file:
        for _, message, _, _ in extract(method, file, options=JINJA if method == "jinja2" else {}):
            yield message


def _sentences(path: Path) -> Iterator[str]:
    """Yield the sentences of refusals: those of a class, and those given where one is raised."""
    for node in ast.walk(ast.parse(path.read_text())):
        said: ast.expr | None = None
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
            # An error of our own is for a log.
            said = None if ast.unparse(node.exc.func) == "RuntimeError" else node.exc.args[0]
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(each, ast.Name) and each.id == "sentence" for each in targets):
                said = node.value
        if isinstance(said, ast.Constant) and isinstance(said.value, str) and said.value.endswith("."):
            yield said.value


def main() -> None:
    catalog = updated()
    with PO.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=False, omit_header=False)
    MO.write_bytes(compiled(catalog))
    missing = untranslated(catalog)
    print(f"{len(catalog)} messages, {len(missing)} to translate")  # noqa: T201  # for whoever runs it


if __name__ == "__main__":
    main()
