"""Operators' pages: frozen widgets in, one picture and its named regions out, no state.

>>> page = Page(
...     name="desk.ready",
...     title="Participants",
...     widgets=(Text("hint", "Read the bar code"), Button("number", "By number", kind="primary")),
... )
>>> picture = render(page, 1280, 800)
>>> hit(picture.regions, *centre_of(picture.regions, "number"))
'number'
"""

from common.pages.keys import KeyboardLayout, key_of, type_key
from common.pages.press import Press, Touched
from common.pages.render import Picture, centre_of, find, hit, render
from common.pages.typeface import PageOverflow
from common.pages.widgets import (
    Button,
    Column,
    Keyboard,
    Keypad,
    Page,
    Table,
    Text,
    Widget,
    row_of,
)

__all__ = [
    "Button",
    "Column",
    "Keyboard",
    "KeyboardLayout",
    "Keypad",
    "Page",
    "PageOverflow",
    "Picture",
    "Press",
    "Table",
    "Text",
    "Touched",
    "Widget",
    "centre_of",
    "find",
    "hit",
    "key_of",
    "render",
    "row_of",
    "type_key",
]
