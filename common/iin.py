"""The individual identification number (IIN): 12 digits, the last of which checks the others.

Birth date YYMMDD, a digit for century and sex (1, 3, 5 men and 2, 4, 6 women of the 19th, 20th and
21st century), four digits, and a check digit: the sum of d1·1 … d11·11 modulo 11; if that gives 10,
once more with the weights 3 … 11, 1, 2; if that gives 10 too, the number is never issued.
"""

from __future__ import annotations

_WEIGHTS: tuple[tuple[int, ...], ...] = (tuple(range(1, 12)), (*range(3, 12), 1, 2))


def check_digit(eleven: str) -> int | None:
    """Return the check digit of the first eleven digits, or None where no number is issued.

    Raises:
        ValueError: `eleven` is not eleven ASCII digits.
    """
    if not (len(eleven) == 11 and eleven.isascii() and eleven.isdigit()):
        raise ValueError("an IIN begins with eleven digits")
    digits = [int(digit) for digit in eleven]
    for weights in _WEIGHTS:
        rest = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def well_formed(iin: str) -> bool:
    """Say whether this is 12 ASCII digits."""
    return len(iin) == 12 and iin.isascii() and iin.isdigit()


def right(iin: str) -> bool:
    """Say whether this is an IIN whose check digit fits."""
    return well_formed(iin) and check_digit(iin[:11]) == int(iin[11])
