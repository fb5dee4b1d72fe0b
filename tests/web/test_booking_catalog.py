"""Every word of the patients' page is there in Spanish, and compiled."""

import importlib.util
import re
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from workqueue.config import PROJECT


@pytest.fixture(scope="module")
def catalog() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalog", PROJECT / "tools" / "catalog.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalog_holds_what_the_page_says_and_nothing_else(catalog: ModuleType) -> None:
    with catalog.PO.open("rb") as file:
        kept = read_po(file, locale="es")
    assert {each.id for each in kept if each.id} == set(catalog.messages())
    assert len(catalog.messages()) > 100


def test_nothing_is_untranslated_or_fuzzy(catalog: ModuleType) -> None:
    assert catalog.untranslated(catalog.updated()) == []


def test_what_is_compiled_is_what_is_written(catalog: ModuleType) -> None:
    assert catalog.MO.read_bytes() == catalog.compiled(catalog.updated()), "run tools/catalog.py"


def test_no_translation_loses_a_value_or_keeps_the_english(catalog: ModuleType) -> None:
    values = re.compile(r"%\(\w+\)\w")
    for each in catalog.updated():
        if not each.id:
            continue
        said = each.id if each.pluralizable else [each.id]
        meant = each.string if each.pluralizable else [each.string]
        for english, spanish in zip(said, meant, strict=True):
            assert sorted(values.findall(english)) == sorted(values.findall(spanish)), english
            assert english != spanish or english == "Error:", english


def test_no_word_of_the_pages_stands_outside_the_catalog() -> None:
    """What is left of a template without its tags and expressions is white space and marks."""
    for path in (PROJECT / "templates" / "booking").glob("*.html"):
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!doctype html>", "", path.read_text(), flags=re.DOTALL
        )
        left = re.sub(r"<[^>]*>", "", text)
        assert not re.search(r"[A-Za-z]{2}", left), (path.name, left.split())
