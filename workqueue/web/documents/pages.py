"""Pages of a PDF that leaves the office: each bears who took it out, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from workqueue.config import PROJECT
from workqueue.rules.calendar import OFFICE_ZONE
from workqueue.web.filters import datetime as moment

FONTS: Path = PROJECT / "static" / "vendor"


@dataclass(frozen=True)
class TakenOut:
    """The mark every copy bears."""

    by: str
    at: datetime
    reason: str

    @property
    def words(self) -> str:
        return f"Taken out by {self.by} on {moment(self.at, OFFICE_ZONE, year=True)} for: {self.reason}"


class Pages(FPDF):
    """Pages that all say who took them out."""

    def __init__(self, mark: TakenOut, title: str, *, orientation: str) -> None:
        super().__init__(orientation=orientation, format="letter")
        self._mark = mark
        # A title names no one: it is seen in windows and lists of files.
        self.set_title(title)
        self.set_lang("en-US")
        self.add_font("DejaVu", "", FONTS / "DejaVuSans.ttf")
        self.add_font("DejaVu", "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_auto_page_break(auto=True, margin=18)
        self.add_page()
        self.set_font("DejaVu", "B", 15)
        self.cell(0, 9, title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("DejaVu", "", 9)

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("DejaVu", "", 7)
        self.cell(0, 5, f"{self._mark.words}. Page {self.page_no()}. Contains health information.")

    def sentence(self, text: str) -> None:
        self.multi_cell(0, 5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def heading(self, text: str) -> None:
        self.ln(3)
        self.set_font("DejaVu", "B", 11)
        self.cell(0, 7, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.set_font("DejaVu", "", 8)

    def rows(self, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; widths are shares."""
        bold = FontFace(emphasis="BOLD")
        with self.table(
            col_widths=tuple(widths), text_align="LEFT", headings_style=bold, line_height=4
        ) as table:
            for cells in (heads, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
