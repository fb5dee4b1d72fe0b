"""Files and templates of the pages: third-party files as they came, nothing inline, all names known."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STATIC, TEMPLATES = ROOT / "static", ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
COLOURS = re.compile(r"--([\w-]+):\s*light-dark\(\s*(#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\s*\)")


@pytest.mark.parametrize("folder", [STATIC / "vendor", ROOT / "tests" / "vendor"])
def test_third_party_files_are_those_that_were_recorded(folder: Path) -> None:
    recorded = dict(line.split()[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.suffix in {".js", ".svg", ".css", ".ttf"}
    }
    assert found == recorded


def test_each_third_party_file_has_its_licence() -> None:
    licences = (STATIC / "vendor" / "LICENSES.txt").read_text()
    for file in (STATIC / "vendor").glob("*.*"):
        assert file.suffix == ".txt" or file.name in licences


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_a_template_has_no_inline_style_script_or_handler(page: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", page.read_text(), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", text)


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    known = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "vendor" / "lucide.svg").read_text()))
    text = "\n".join(page.read_text() for page in PAGES)
    named = set(re.findall(r'(?:icon_name=|\bicon\(|icon_button\("[^"]+", )"([\w-]+)"', text))
    places = (ROOT / "workqueue" / "web" / "navigation.py").read_text()
    named |= set(re.findall(r'Destination\("[^"]+", "[^"]+", "([\w-]+)"', places))
    assert len(named) > 15
    assert named <= known


def test_every_module_of_the_pages_is_started() -> None:
    started = set(re.findall(r'from "\./([\w]+\.js)"', (STATIC / "js" / "app.js").read_text()))
    for page in PAGES:
        started |= set(re.findall(r"filename='js/([\w]+\.js)'", page.read_text()))
    there = {file.name for file in (STATIC / "js").glob("*.js")}
    assert there - started == {"page.js"}


def test_every_stylesheet_is_linked_by_a_layout() -> None:
    linked = set()
    for layout in ("layout.html", "booking/layout.html"):
        sheets = re.search(r"for sheet in \[(.+?)\]", (TEMPLATES / layout).read_text())
        assert sheets, layout
        linked |= set(re.findall(r'"(\w+)"', sheets[1]))
    assert linked == {file.stem for file in (STATIC / "css").glob("*.css")}


def test_every_rule_stands_in_a_layer() -> None:
    for sheet in (STATIC / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        outside, depth = "", 0
        for character in text:
            depth += (character == "{") - (character == "}")
            outside += character if depth == 0 and character != "}" else ""
        assert re.fullmatch(r"(\s*@layer[\w\s,]+;?)*\s*", outside), sheet.name


@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *(
            ("text", back, 7.0)
            for back in ("page", "surface", "surface-sunken", "surface-raised", "surface-hover")
        ),
        *(
            ("text-soft", back, 4.5)
            for back in ("page", "surface", "surface-sunken", "surface-hover", "surface-raised")
        ),
        *((front, "surface", 4.5) for front in ("accent", "good", "warn", "bad", "info")),
        *((front, f"{front}-soft", 4.5) for front in ("good", "warn", "bad", "info")),
        *(("text", f"{back}-soft", 7.0) for back in ("good", "warn", "bad", "info")),
        ("accent-strong", "accent-soft", 4.5),
        ("on-accent", "accent", 4.5),
        ("on-danger", "danger", 4.5),
        ("edge", "surface", 3.0),
        ("edge", "surface-raised", 3.0),
        ("focus", "page", 3.0),
        ("focus", "surface", 3.0),
    ],
)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_keep_their_contrast(front: str, back: str, least: float, theme: int) -> None:
    """WCAG 2.2: 1.4.3 text 4.5, 1.4.6 text 7, 1.4.11 edges of what is pressed 3."""
    colours = {name: pair for name, *pair in COLOURS.findall((STATIC / "css" / "tokens.css").read_text())}
    one, other = sorted((luminance(colours[name][theme]) for name in (front, back)), reverse=True)
    assert (one + 0.05) / (other + 0.05) >= least


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
