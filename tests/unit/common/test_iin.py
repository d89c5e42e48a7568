"""The individual identification number and its check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import iin


def test_the_example_of_the_rules_is_right() -> None:
    assert iin.check_digit("06121160001") == 2
    assert iin.right("061211600012")


@given(st.text("0123456789", min_size=11, max_size=11), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(eleven: str, place: int, by: int) -> None:
    digit = iin.check_digit(eleven)
    if digit is None:
        assert not any(iin.right(f"{eleven}{last}") for last in range(10))
        return
    assert iin.right(f"{eleven}{digit}")
    assert not iin.right(f"{eleven}{(digit + by) % 10}")


def test_second_weights_and_numbers_that_are_never_issued() -> None:
    # 10 under the first weights: 1·10 (tenth digit) leaves 10 modulo 11.
    second = "00000000010"
    assert iin.check_digit(second) == 1  # its second weight is 1
    never = next(
        f"{number:011}" for number in range(10_000) if iin.check_digit(f"{number:011}") is None
    )
    digits = [int(digit) for digit in never]
    weights = (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2))
    for row in weights:
        assert sum(d * w for d, w in zip(digits, row, strict=True)) % 11 == 10


@pytest.mark.parametrize("text", ["", "1234567890", "123456789012", "0612116000x", "٠٦١٢١١٦٠٠٠١"])
def test_eleven_digits_are_needed(text: str) -> None:
    with pytest.raises(ValueError, match="eleven digits"):
        iin.check_digit(text)


@pytest.mark.parametrize(
    "text", ["", "06121160001", "0612116000122", "06121160001x", "٠٦١٢١١٦٠٠٠١٢"]
)
def test_what_is_not_an_iin_is_wrong(text: str) -> None:
    assert not iin.right(text)
