"""Where everything on a page stands: page and size in; boxes, lines of text and regions out.

Rules:
- One column under the title. Buttons after everything else stand at the lower edge, a keyboard
  above them, a keypad in a column of its own at the right; tables share the room that is left.
- Nothing is ever cut: text wraps, and when the page is full all of its type gets smaller, step by
  step. Targets keep their size. A page that does not fit in the smallest type is a PageOverflow.
- Sizes are given for 1280 x 800 pixels and follow the smaller of the two proportions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from common.pages.keys import KEYPAD_ROWS, LAYOUT_NAMES, LAYOUTS
from common.pages.typeface import ASCENT, PageOverflow, Weight, line_height, width, wrap
from common.pages.widgets import Button, Column, Keyboard, Keypad, Page, Table, Text, Widget
from common.regions import Region

Ink = Literal["text", "quiet", "white", "disabled", "accent", "good", "warning", "danger"]
Fill = Literal[
    "header", "field", "good", "warning", "primary", "plain", "danger", "disabled", "key",
    "row", "heading", "corner",
]  # fmt: skip

Group = Table | Text | list[Button]

SHRINK_STEPS = (1.0, 0.93, 0.86, 0.8, 0.74, 0.68, 0.62, 0.56, 0.5)
SMALLEST_TYPE_PX = 12
ARROWS = "←→↑"
KEY_FACES = {"erase": "←", "clear": "C", "shift": "↑", "space": " "}


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in pixels."""

    x: int
    y: int
    width: int
    height: int

    def inside(self, pad: int) -> "Place":
        """Return the same place, narrower by `pad` on the left and on the right."""
        return Place(self.x + pad, self.y, self.width - 2 * pad, self.height)


@dataclass(frozen=True, slots=True)
class Type:
    """How a line is set."""

    weight: Weight
    size_px: int
    ink: Ink


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle with rounded corners."""

    place: Place
    fill: Fill
    radius: int


@dataclass(frozen=True, slots=True)
class Run:
    """One line of text; `y` is its baseline."""

    x: int
    y: int
    text: str
    type: Type


@dataclass(frozen=True, slots=True)
class Layout:
    """A page in its places, in the order of drawing."""

    boxes: tuple[Box, ...]
    runs: tuple[Run, ...]
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Face:
    """How a style of text looks: size for 1280 x 800, weight, colour, tinted box or none."""

    size: int
    weight: Weight
    ink: Ink
    fill: Fill | None = None


FACES: dict[str, Face] = {
    "body": Face(28, "regular", "text"),
    "strong": Face(36, "semibold", "text"),
    "note": Face(22, "regular", "quiet"),
    "figure": Face(72, "bold", "accent"),
    "field": Face(40, "semibold", "text", "field"),
    "good": Face(30, "semibold", "good", "good"),
    "warning": Face(30, "semibold", "warning", "warning"),
}
BUTTON_INK: dict[str, Ink] = {"primary": "white", "plain": "accent", "danger": "white"}


def lay_out(page: Page, width_px: int, height_px: int) -> Layout:
    """Place a page on a screen of this size.

    Raises: PageOverflow when it does not fit in the smallest type.
    """
    for shrink in SHRINK_STEPS:
        try:
            return _Sheet(page, width_px, height_px, shrink).placed()
        except PageOverflow:
            continue
    raise PageOverflow(f"page {page.name} does not fit {width_px} x {height_px} pixels")


@dataclass(slots=True)
class _Sheet:
    """One attempt at one type size."""

    page: Page
    width: int
    height: int
    shrink: float
    boxes: list[Box] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)

    def px(self, size: float) -> int:
        """Return a length on this screen."""
        return max(1, round(size * min(self.width / 1280, self.height / 800)))

    def type_px(self, size: float) -> int:
        """Return a size of type on this screen in this attempt."""
        return max(SMALLEST_TYPE_PX, self.px(size * self.shrink))

    def placed(self) -> Layout:
        self.region("page", Place(0, 0, self.width, self.height), self.page.name)
        top = self.header() + self.px(22)
        margin = self.px(32)
        left, right, bottom = margin, self.width - margin, self.height - self.px(24)
        flow, lower = _split(self.page.widgets)
        side = [widget for widget in flow if isinstance(widget, Keypad)]
        flow = [widget for widget in flow if not isinstance(widget, Keypad)]
        if lower:
            bottom -= self.buttons_height(lower, right - left)
            self.buttons(lower, left, bottom, right - left)
            bottom -= self.px(20)
        for keyboard in [widget for widget in flow if isinstance(widget, Keyboard)]:
            bottom = self.keyboard(keyboard, left, right, top, bottom)
            flow.remove(keyboard)
        if side and self.width >= self.height:
            right = self.keypads(side, right, top, bottom) - self.px(40)
        elif side:
            room = self.px(420)
            self.keypads(side, right, bottom - room, bottom)
            bottom -= room + self.px(20)
        self.column(flow, left, right, top, bottom)
        return Layout(tuple(self.boxes), tuple(self.runs), tuple(self.regions))

    # The title

    def header(self) -> int:
        height = self.px(84)
        self.box(Place(0, 0, self.width, height), "header", 0)
        right = self.width - self.px(24)
        label = Type("semibold", self.px(24), "white")
        for button in reversed(self.page.corner):
            room = max(self.px(84), round(width(button.text, "semibold", label.size_px)) + 28)
            right -= room
            place = Place(right, self.px(12), room, height - 2 * self.px(12))
            self.box(place, "corner" if button.enabled else "primary", 8)
            self.centred(button.text, label, place)
            self.region(_button_name(button), place, button.text)
            right -= self.px(10)
        left = self.px(32)
        if self.page.header:
            room = round(width(self.page.header, "regular", self.px(24))) + 2
            room = min(room, (right - left) // 2)
            right -= room + self.px(14)
            place = Place(right, 0, room, height)
            self.fitted("header", self.page.header, Type("regular", 24, "white"), place)
            right -= self.px(20)
        place = Place(left, 0, right - left, height)
        self.fitted("title", self.page.title, Type("semibold", 36, "white"), place)
        return height

    def fitted(self, name: str, text: str, largest: Type, place: Place) -> None:
        """Set text in a place of fixed size, smaller and on more lines where it must be."""
        for step in SHRINK_STEPS:
            size_px = max(SMALLEST_TYPE_PX, self.px(largest.size_px * step))
            lines = wrap(text, largest.weight, size_px, place.width)
            if len(lines) * line_height(size_px) <= place.height:
                top = place.y + (place.height - len(lines) * line_height(size_px)) // 2
                face = Type(largest.weight, size_px, largest.ink)
                self.lines(lines, face, Place(place.x, top, place.width, place.height))
                self.region(name, place, text)
                return
        raise PageOverflow(f"no room for {name}")

    # Text

    def lines(self, lines: Sequence[str], face: Type, place: Place, align: str = "left") -> None:
        """Set lines from the upper edge of a place down."""
        y = place.y + round(face.size_px * ASCENT)
        for line in lines:
            x = place.x
            if align != "left":
                rest = place.width - round(width(line, face.weight, face.size_px))
                x += rest if align == "right" else rest // 2
            if line.strip():
                self.runs.append(Run(x, y, line, face))
            y += line_height(face.size_px)

    def centred(self, text: str, face: Type, place: Place) -> None:
        lines = wrap(text, face.weight, face.size_px, place.width)
        top = place.y + (place.height - len(lines) * line_height(face.size_px)) // 2
        self.lines(lines, face, Place(place.x, top, place.width, place.height), "centre")

    def text_lines(self, widget: Text, wide: int) -> tuple[Type, tuple[str, ...], int, int]:
        """Return type, lines, padding at the sides and height of a paragraph."""
        face = FACES[widget.style]
        size = self.type_px(face.size)
        pad_x, pad_y = (self.px(20), self.px(10)) if face.fill else (0, 0)
        lines = wrap(widget.text, face.weight, size, wide - 2 * pad_x)
        height = len(lines) * line_height(size) + 2 * pad_y
        return Type(face.weight, size, face.ink), lines, pad_x, height

    def text(self, widget: Text, x: int, y: int, wide: int) -> int:
        """Set a paragraph; return its lower edge."""
        face, lines, pad, height = self.text_lines(widget, wide)
        place = Place(x, y, wide, height)
        fill = FACES[widget.style].fill
        if fill:
            self.box(place, fill, 8)
        inset = (height - len(lines) * line_height(face.size_px)) // 2
        self.lines(lines, face, Place(x + pad, y + inset, wide - 2 * pad, height))
        self.region(widget.name, place, widget.text)
        return y + height

    def region(self, name: str, place: Place, text: str) -> None:
        self.regions.append(Region(name, place.x, place.y, place.width, place.height, text))

    def box(self, place: Place, fill: Fill, radius: int) -> None:
        self.boxes.append(Box(place, fill, self.px(radius) if radius else 0))

    # The column

    def column(self, flow: Sequence[Widget], left: int, right: int, top: int, bottom: int) -> None:
        groups = _groups(flow)
        gap, wide = self.px(18), right - left
        fixed = sum(self.group_height(group, wide) for group in groups) + gap * (len(groups) - 1)
        tables = sum(isinstance(group, Table) for group in groups)
        if top + fixed > bottom:
            raise PageOverflow("too much on the page")
        room = (bottom - top - fixed) // tables if tables else 0
        y = top
        for group in groups:
            match group:
                case Table():
                    tall = self.group_height(group, wide) + room
                    y = self.table(group, Place(left, y, wide, tall))
                case Text():
                    y = self.text(group, left, y, wide)
                case _:
                    self.buttons(group, left, y, wide)
                    y += self.buttons_height(group, wide)
            y += gap

    def group_height(self, group: Group, wide: int) -> int:
        """Return the height that a group takes at least."""
        match group:
            case Text():
                return self.text_lines(group, wide)[3]
            case Table():
                grid = _Grid(self, group, wide)
                heights = [grid.row_height(row) for row in group.rows]
                if group.whole:
                    return grid.heading_height + sum(heights)
                turning = self.px(76) if len(heights) > 1 else 0
                return grid.heading_height + max(heights, default=0) + turning
            case _:
                return self.buttons_height(group, wide)

    # Buttons and keys

    def buttons_per_row(self, count: int, wide: int) -> int:
        most = max(1, min(count, (wide + self.px(16)) // self.px(236)))
        rows = -(-count // most)
        return -(-count // rows)

    def buttons_height(self, buttons: Sequence[Button], wide: int) -> int:
        rows = -(-len(buttons) // self.buttons_per_row(len(buttons), wide))
        return rows * self.px(92) + (rows - 1) * self.px(14)

    def buttons(self, buttons: Sequence[Button], left: int, top: int, wide: int) -> None:
        per_row, gap = self.buttons_per_row(len(buttons), wide), self.px(16)
        broad = (wide - gap * (per_row - 1)) // per_row
        tall = self.px(92)
        for index, button in enumerate(buttons):
            x = left + (index % per_row) * (broad + gap)
            y = top + (index // per_row) * (tall + self.px(14))
            self.button(button, Place(x, y, broad, tall))

    def button(self, button: Button, place: Place) -> None:
        self.box(place, button.kind if button.enabled else "disabled", 10)
        inner = place.inside(self.px(14))
        for step in SHRINK_STEPS:
            size = max(SMALLEST_TYPE_PX, self.px(30 * step))
            lines = wrap(button.text, "semibold", size, inner.width)
            fits = len(lines) * line_height(size) <= place.height - self.px(8)
            if fits and not _breaks_word(button.text, lines):
                break
        else:
            raise PageOverflow(f"no room for the text of button {button.name}")
        ink = BUTTON_INK[button.kind] if button.enabled else "disabled"
        self.centred(button.text, Type("semibold", size, ink), inner)
        self.region(_button_name(button), place, button.text)

    def key(self, name: str, face: str, place: Place) -> None:
        self.box(place, "key", 8)
        size = 22 if len(face) > 1 else 46 if face in ARROWS else 34
        self.centred(face, Type("semibold", self.px(size), "text"), place)
        self.region(name, place, face)

    def keypads(self, keypads: Sequence[Keypad], right: int, top: int, bottom: int) -> int:
        """Set keypads side by side from the right; return their left edge."""
        gap = self.px(12)
        tall = min(self.px(112), (bottom - top - 3 * gap) // 4)
        if tall < self.px(48):
            raise PageOverflow("no room for the keypad")
        broad = self.px(118)
        left = right
        for keypad in keypads:
            left = right - 3 * broad - 2 * gap
            for row, keys in enumerate(KEYPAD_ROWS):
                for column, key in enumerate(keys):
                    x, y = left + column * (broad + gap), top + row * (tall + gap)
                    face = KEY_FACES.get(key, key)
                    self.key(f"{keypad.name}.{key}", face, Place(x, y, broad, tall))
            right = left - self.px(24)
        return left

    def keyboard(self, keyboard: Keyboard, left: int, right: int, top: int, bottom: int) -> int:
        """Set a keyboard at the lower edge; return its upper edge less a gap."""
        rows = LAYOUTS[keyboard.layout]
        gap = self.px(8)
        share = 0.6 + 0.16 * self.shrink  # smaller type leaves its room to the text
        tall = min(self.px(72), round((bottom - top) * share) // (len(rows) + 1) - gap)
        if tall < self.px(44):
            raise PageOverflow("no room for the keyboard")
        longest = max(len(row) for row in rows)
        broad = min(self.px(96), (right - left + gap) // longest - gap)
        upper = bottom - (len(rows) + 1) * (tall + gap) + gap
        y = upper
        for row in rows:
            x = left + (right - left - len(row) * (broad + gap) + gap) // 2
            for character in row:
                typed = character.upper() if keyboard.shift else character
                face = typed if keyboard.shift is not None else character.upper()
                self.key(f"{keyboard.name}.{typed}", face, Place(x, y, broad, tall))
                x += broad + gap
            y += tall + gap
        self.lowest_keys(keyboard, Place(left, y, right - left, tall))
        return upper - self.px(18)

    def lowest_keys(self, keyboard: Keyboard, place: Place) -> None:
        gap = self.px(8)
        keys = [] if keyboard.shift is None else [("shift", KEY_FACES["shift"])]
        others = LAYOUT_NAMES if keyboard.others else {}
        keys += [(name, shown) for name, shown in others.items() if name != keyboard.layout]
        keys += [("space", KEY_FACES["space"]), ("erase", KEY_FACES["erase"])]
        shares = [3 if key == "space" else 1 for key, _ in keys]
        unit = (place.width - gap * (len(keys) - 1)) // sum(shares)
        x = place.x
        for (key, shown), share in zip(keys, shares, strict=True):
            self.key(f"{keyboard.name}.{key}", shown, Place(x, place.y, unit * share, place.height))
            x += unit * share + gap

    # Tables

    def table(self, table: Table, place: Place) -> int:
        """Set the leaf of a table that is asked for; return its lower edge."""
        grid = _Grid(self, table, place.width)
        leaves = grid.leaves(place.height)
        leaf = max(0, min(table.leaf, len(leaves) - 1))
        y = grid.heading(place.x, place.y)
        for index in leaves[leaf]:
            y = grid.row(index, place.x, y)
        if len(leaves) > 1:
            self.turning(table, leaf, len(leaves), place)
            return place.y + place.height
        return y

    def turning(self, table: Table, leaf: int, leaves: int, place: Place) -> None:
        """Set the two keys that turn the leaves at the lower right of a table's place."""
        tall, broad = self.px(64), self.px(150)
        x, y = place.x + place.width, place.y + place.height - tall
        back, middle, on = (Place(x - broad * n, y, broad, tall) for n in (3, 2, 1))
        shown = f"{leaf + 1} / {leaves}"
        self.centred(shown, Type("regular", self.px(24), "quiet"), middle)
        self.region(f"{table.name}.leaf", middle, shown)
        for part, face, possible, where in (
            ("previous", "←", leaf > 0, back),
            ("next", "→", leaf + 1 < leaves, on),
        ):
            self.box(where, "plain" if possible else "disabled", 8)
            ink: Ink = "accent" if possible else "disabled"
            self.centred(face, Type("semibold", self.px(46), ink), where)
            if possible:
                self.region(f"{table.name}.{part}", where, face)


class _Grid:
    """Columns, heights and leaves of one table."""

    def __init__(self, sheet: _Sheet, table: Table, wide: int) -> None:
        self.sheet, self.table, self.wide = sheet, table, wide
        self.columns = tuple(
            Column(column) if isinstance(column, str) else column for column in table.columns
        )
        if any(len(row) != len(self.columns) for row in table.rows):
            raise ValueError(f"table {table.name}: a row has not as many cells as columns")
        self.size, self.heading_size = sheet.type_px(34 if table.large else 26), sheet.type_px(21)
        self.pad = sheet.px(14)
        self.least = sheet.px(64) if table.choose else sheet.px(30 * sheet.shrink)
        self.widths = self.column_widths()
        self.heading_lines = tuple(
            wrap(column.text, "semibold", self.heading_size, broad - 2 * self.pad)
            for column, broad in zip(self.columns, self.widths, strict=True)
        )
        lines = max((len(cell) for cell in self.heading_lines), default=0)
        has_heading = any(column.text for column in self.columns)
        self.heading_height = (
            lines * line_height(self.heading_size) + sheet.px(14) if has_heading else 0
        )

    def column_widths(self) -> list[int]:
        """Give narrow columns what they need and share the rest among the wide ones."""
        natural = [
            max(
                width(column.text, "semibold", self.heading_size),
                *(width(row[index], "regular", self.size) for row in self.table.rows),
                0,
            )
            + 2 * self.pad
            + 2
            for index, column in enumerate(self.columns)
        ]
        total = sum(natural)
        if total <= self.wide:
            spare = self.wide - total
            return [int(broad + spare * broad / total) for broad in natural]
        widths: dict[int, float] = {}
        open_columns = set(range(len(natural)))
        while open_columns:
            share = (self.wide - sum(widths.values())) / len(open_columns)
            narrow = {index for index in open_columns if natural[index] <= share}
            if not narrow:
                if share <= 2 * self.pad + self.size:  # not even a letter to a line
                    raise PageOverflow(f"table {self.table.name} has too many columns")
                widths |= dict.fromkeys(open_columns, share)
                break
            widths |= {index: natural[index] for index in narrow}
            open_columns -= narrow
        return [int(widths[index]) for index in range(len(natural))]

    def cells(self, row: Sequence[str]) -> list[tuple[str, ...]]:
        return [
            wrap(cell, "regular", self.size, broad - 2 * self.pad)
            for cell, broad in zip(row, self.widths, strict=True)
        ]

    def row_height(self, row: Sequence[str]) -> int:
        lines = max((len(cell) for cell in self.cells(row)), default=1)
        return max(self.least, lines * line_height(self.size) + self.sheet.px(14))

    def leaves(self, room: int) -> list[list[int]]:
        """Divide the rows into leaves; with one leaf no room is kept for turning."""
        heights = [self.row_height(row) for row in self.table.rows]
        room -= self.heading_height
        if sum(heights) <= room:
            return [list(range(len(heights)))]
        room -= self.sheet.px(76)
        leaves: list[list[int]] = [[]]
        used = 0
        for index, tall in enumerate(heights):
            if leaves[-1] and used + tall > room:
                leaves.append([])
                used = 0
            leaves[-1].append(index)
            used += tall
        return leaves

    def heading(self, x: int, y: int) -> int:
        """Set the headings; return their lower edge."""
        if not self.heading_height:
            return y
        sheet, face = self.sheet, Type("semibold", self.heading_size, "quiet")
        sheet.box(Place(x, y, self.wide, self.heading_height), "heading", 0)
        for column, broad, lines in zip(self.columns, self.widths, self.heading_lines, strict=True):
            place = Place(x, y + sheet.px(7), broad, self.heading_height).inside(self.pad)
            sheet.lines(lines, face, place, column.align)
            x += broad
        return y + self.heading_height

    def row(self, index: int, x: int, y: int) -> int:
        """Set a row; return its lower edge."""
        sheet, row = self.sheet, self.table.rows[index]
        tall = self.row_height(row)
        sheet.box(Place(x, y, self.wide, tall - max(1, sheet.px(2))), "row", 0)
        if self.table.choose:
            place = Place(x, y, self.wide, tall)
            sheet.region(f"{self.table.name}.{index}", place, "\t".join(row))
        face = Type("regular", self.size, "text")
        cells = zip(self.columns, self.widths, self.cells(row), row, strict=True)
        for number, (column, broad, lines, text) in enumerate(cells):
            inset = (tall - len(lines) * line_height(self.size)) // 2
            sheet.lines(
                lines, face, Place(x, y + inset, broad, tall).inside(self.pad), column.align
            )
            place = Place(x, y, broad, tall)
            sheet.region(f"{self.table.name}.{index}.{number}", place, text)
            x += broad
        return y + tall


def _split(widgets: tuple[Widget, ...]) -> tuple[list[Widget], list[Button]]:
    """Separate the buttons at the end from the rest."""
    lower: list[Button] = []
    for widget in reversed(widgets):
        if not isinstance(widget, Button):
            break
        lower.insert(0, widget)
    return list(widgets[: len(widgets) - len(lower)]), lower


def _groups(flow: Sequence[Widget]) -> list[Group]:
    """Put buttons that stand together into one group."""
    groups: list[Group] = []
    for widget in flow:
        match widget:
            case Button() if groups and isinstance(groups[-1], list):
                groups[-1].append(widget)
            case Button():
                groups.append([widget])
            case Text() | Table():
                groups.append(widget)
            case _:
                raise ValueError(f"widget {widget.name} cannot stand in the column")
    return groups


def _button_name(button: Button) -> str:
    return button.name if button.enabled else f"{button.name}.disabled"


def _breaks_word(text: str, lines: Sequence[str]) -> bool:
    words = text.split()
    return any(word not in words for line in lines for word in line.split())
