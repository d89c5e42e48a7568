"""From a page to pixels: one call, the same picture for the same page every time.

The frame is XRGB8888, little-endian (bytes blue, green, red, unused), row after row, as
`hal.screen.Screen.show` takes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from common.pages.layout import Box, Fill, Ink, lay_out
from common.pages.typeface import font
from common.pages.widgets import Page
from common.regions import Region, region_at

Colour = tuple[int, int, int]

BACKGROUND: Colour = (0xF4, 0xF6, 0xF8)
# Fill and outline of boxes.
FILLS: dict[Fill, tuple[Colour, Colour | None]] = {
    "header": ((0x1B, 0x3A, 0x5C), None),
    "corner": ((0x1B, 0x3A, 0x5C), (0x8F, 0xA9, 0xC4)),
    "field": ((0xFF, 0xFF, 0xFF), (0x5B, 0x7C, 0x9E)),
    "good": ((0xE3, 0xF2, 0xE8), (0x9C, 0xCB, 0xAE)),
    "warning": ((0xFD, 0xF0, 0xDC), (0xE3, 0xB9, 0x77)),
    "primary": ((0x1D, 0x63, 0xA8), None),
    "danger": ((0xA6, 0x35, 0x2D), None),
    "plain": ((0xFF, 0xFF, 0xFF), (0x7D, 0x98, 0xB5)),
    "disabled": ((0xE6, 0xE9, 0xEC), None),
    "key": ((0xFF, 0xFF, 0xFF), (0xB4, 0xC0, 0xCC)),
    "row": ((0xFF, 0xFF, 0xFF), None),
    "heading": ((0xE4, 0xEA, 0xF0), None),
}
INKS: dict[Ink, Colour] = {
    "text": (0x18, 0x20, 0x28),
    "quiet": (0x4A, 0x58, 0x66),
    "white": (0xFF, 0xFF, 0xFF),
    "disabled": (0x76, 0x80, 0x8A),
    "accent": (0x17, 0x4F, 0x87),
    "good": (0x1A, 0x5C, 0x36),
    "warning": (0x7A, 0x45, 0x00),
    "danger": (0xA6, 0x35, 0x2D),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered page: `frame` has 4 x width x height bytes, XRGB8888 little-endian."""

    frame: bytes
    width: int
    height: int
    regions: tuple[Region, ...]


def render(page: Page, width: int, height: int) -> Picture:
    """Draw a page for a screen of this many pixels.

    Raises: PageOverflow when the page does not fit in the smallest type.
    """
    layout = lay_out(page, width, height)
    image = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(image)
    for box in layout.boxes:
        _draw_box(image, draw, box)
    for run in layout.runs:
        draw.text(
            (run.x, run.y),
            run.text,
            INKS[run.type.ink],
            font(run.type.weight, run.type.size_px),
            anchor="ls",
        )
    return Picture(image.tobytes("raw", "BGRX"), width, height, layout.regions)


def hit(regions: Sequence[Region], x: int, y: int) -> str | None:
    """Return the name of the topmost region at this point, or None for the bare page."""
    region = region_at(regions, x, y)
    return None if region is None or region.name == "page" else region.name


def find(regions: Sequence[Region], name: str) -> Region | None:
    """Return the region with this name, or None."""
    return next((region for region in regions if region.name == name), None)


def centre_of(regions: Sequence[Region], name: str) -> tuple[int, int]:
    """Return the middle of a named region.

    Raises: KeyError when the page has no such region.
    """
    region = find(regions, name)
    if region is None:
        raise KeyError(name)
    return region.centre


def _draw_box(image: Image.Image, draw: ImageDraw.ImageDraw, box: Box) -> None:
    fill, outline = FILLS[box.fill]
    x0, y0 = box.place.x, box.place.y
    x1, y1 = x0 + box.place.width - 1, y0 + box.place.height - 1
    if not box.radius:
        draw.rectangle((x0, y0, x1, y1), fill, outline)
        return
    if outline:
        _rounded(image, draw, (x0, y0, x1, y1), box.radius, outline)
        line = 2
        _rounded(
            image,
            draw,
            (x0 + line, y0 + line, x1 - line, y1 - line),
            max(1, box.radius - line),
            fill,
        )
    else:
        _rounded(image, draw, (x0, y0, x1, y1), box.radius, fill)


def _rounded(
    image: Image.Image,
    draw: ImageDraw.ImageDraw,
    corners: tuple[int, int, int, int],
    radius: int,
    colour: Colour,
) -> None:
    x0, y0, x1, y1 = corners
    radius = max(1, min(radius, (x1 - x0) // 2, (y1 - y0) // 2))
    draw.rectangle((x0 + radius, y0, x1 - radius, y1), colour)
    draw.rectangle((x0, y0 + radius, x1, y1 - radius), colour)
    masks = _corner_masks(radius)
    places = (
        (x0, y0),
        (x1 - radius + 1, y0),
        (x0, y1 - radius + 1),
        (x1 - radius + 1, y1 - radius + 1),
    )
    for mask, place in zip(masks, places, strict=True):
        image.paste(colour, place, mask)


@lru_cache(maxsize=64)
def _corner_masks(radius: int) -> tuple[Image.Image, ...]:
    """Return smooth quarter discs: upper left, upper right, lower left, lower right."""
    fine = 4
    disc = Image.new("L", (2 * radius * fine, 2 * radius * fine), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, 2 * radius * fine - 1, 2 * radius * fine - 1), 255)
    disc = disc.resize((2 * radius, 2 * radius), Image.Resampling.BOX)
    return tuple(
        disc.crop((x, y, x + radius, y + radius)) for y in (0, radius) for x in (0, radius)
    )
