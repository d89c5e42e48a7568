"""The five widgets of an operator's page, as frozen values.

Rules:
- A widget holds what is to be seen and a name, nothing else: no position, no colour, no call-back.
- Names are unique on a page. They become the names of regions; parts of a widget get the widget's
  name, a full stop and the part (`figures.2.1` is row 2, column 1; `pin.7` is the key 7).
- What somebody typed or which leaf of a table is open is the caller's state, given in each time.
"""

from dataclasses import dataclass
from typing import Literal

from common.pages.keys import KeyboardLayout

TextStyle = Literal["body", "strong", "note", "figure", "field", "good", "warning"]
ButtonKind = Literal["primary", "plain", "danger"]


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, wrapped to the width of the page.

    Styles: `body`; `strong` for what has to be compared or done; `note` for small print; `figure`
    for one large number or code; `field` for an entry line; `good` and `warning` in a tinted box.
    """

    name: str
    text: str
    style: TextStyle = "body"


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a table's column; figures stand right."""

    text: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings, in leaves that fit the page.

    `leaf` counts from 0 and is limited to the leaves that there are. Regions: `<name>.<row>.<col>`
    for the cells in sight (rows count from 0 over the whole table), `<name>.previous` and
    `<name>.next` where there is such a leaf, `<name>.leaf` with "2 / 5". With `choose`, each row is
    also a target `<name>.<row>`. `large` type is for what has to be compared; a `whole` table has
    one leaf only, so that its type gets smaller instead.
    """

    name: str
    columns: tuple[str | Column, ...]
    rows: tuple[tuple[str, ...], ...]
    leaf: int = 0
    choose: bool = False
    large: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """A target. One that is not enabled has the region name `<name>.disabled`."""

    name: str
    text: str
    enabled: bool = True
    kind: ButtonKind = "plain"


@dataclass(frozen=True, slots=True)
class Keypad:
    """Digits, `erase` (the last one) and `clear`: regions `<name>.0` … `<name>.clear`."""

    name: str


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Letters and digits: regions `<name>.<character>`, and the words `space`, `erase`, `shift`.

    The keys `<name>.kk`, `<name>.ru` and `<name>.latin` ask for another layout. Where capitals make
    no difference (`shift` is None) the faces are capitals, the names are not, and there is no
    `shift`. Without `others` there are no keys for other layouts.
    """

    name: str
    layout: KeyboardLayout = "kk"
    shift: bool | None = False
    others: bool = True


Widget = Text | Table | Button | Keypad | Keyboard


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Buttons that stand together share a row; those after everything else stand at the lower edge.
    `header` is small print at the right of the title; `corner` are small buttons beside it
    (the choice of language). Regions `page` (its text is the page's name) and `title` are always
    there.
    """

    name: str
    title: str
    widgets: tuple[Widget, ...]
    header: str = ""
    corner: tuple[Button, ...] = ()

    def __post_init__(self) -> None:
        names = [widget.name for widget in (*self.corner, *self.widgets)]
        if len(set(names)) != len(names):
            raise ValueError(f"page {self.name}: two widgets have the same name")


def row_of(table: str, hit_name: str | None) -> int | None:
    """Return the row of the table with this name that was hit, or None."""
    if hit_name is None or not hit_name.startswith(table + "."):
        return None
    row = hit_name[len(table) + 1 :].split(".")[0]
    return int(row) if row.isdecimal() else None
