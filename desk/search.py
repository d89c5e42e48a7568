"""Finding voters by name as typed: from a few letters to a short list, in memory, in no time.

Rules:
- Every word that was typed must begin a part of the voter's name, in any order: surname, given
  name, patronymic, their halves where there is a hyphen. Spelling is `desk.spelling`'s matter.
- Words may be run together or torn apart (Айша-Бибі, Айша Бибі, Айшабибі; Болат ұлы).
- Four digits that are a year are the year of birth.
- If nobody is found so, those are found whose names differ by one letter.
- The result stands in the order of the Kazakh alphabet, then by number on the list.

Nothing that was typed and nobody who was found is stored or logged.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.alphabet import kazakh_order
from common.records import Voter
from desk.spelling import keys_of, keys_of_beginning, words_of

FEWEST_LETTERS = 2
MOST_WORDS = 6
_AFTER_ALL = "\U0010ffff"
_NEAR_KEYS = 3  # of a word, those tried for a difference of one letter


@dataclass(frozen=True, slots=True)
class NameIndex:
    """The names of a voter list, ready to be searched.

    Attributes:
        voters: in the order of results.
        entries: (key, place in `voters`), sorted.
    """

    voters: tuple[Voter, ...] = field(repr=False)
    entries: tuple[tuple[str, int], ...] = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, voters: Iterable[Voter]) -> NameIndex:
        """Arrange a list for searching."""
        ordered = tuple(sorted(voters, key=_order))
        known: dict[str, frozenset[str]] = {}
        entries = sorted(
            {
                (key, place)
                for place, voter in enumerate(ordered)
                for key in _keys_of_voter(voter, known)
            }
        )
        return cls(ordered, tuple(entries), tuple(sorted({key for key, _ in entries})))

    def find(self, typed: str) -> tuple[Voter, ...]:
        """Return the voters that may be meant, in Kazakh alphabetical order."""
        words, years = _split(typed)
        if sum(len(word) for word in words) < FEWEST_LETTERS:
            return ()
        found = self._by_words(words)
        if not found and "-" in typed:  # ө lies on that key in the Kazakh layout
            words, years = _split(typed.replace("-", "о"))
            found = self._by_words(words)
        if not found:
            found = self._nearly(words)
        people = (self.voters[place] for place in sorted(found))
        return tuple(one for one in people if not years or one.birth_date[:4] in years)

    def _by_words(self, words: tuple[str, ...]) -> set[int]:
        """Return who has all these words, perhaps with neighbours run together."""
        runs: dict[tuple[int, int], set[int]] = {}
        found: set[int] = set()
        for cuts in range(1 << max(0, len(words) - 1)):
            together: set[int] | None = None
            for run in _runs(len(words), cuts):
                if run not in runs:
                    runs[run] = self._beginning("".join(words[run[0] : run[1]]))
                together = runs[run] if together is None else together & runs[run]
                if not together:
                    break
            found |= together or set()
        return found

    def _beginning(self, word: str) -> set[int]:
        found: set[int] = set()
        for key in keys_of_beginning(word):
            first = bisect_left(self.entries, (key, -1))
            last = bisect_left(self.entries, (key + _AFTER_ALL, -1), lo=first)
            found.update(place for _, place in self.entries[first:last])
        return found

    def _nearly(self, words: tuple[str, ...]) -> set[int]:
        """Return who has all these words but for one letter in each."""
        found: set[int] | None = None
        for word in words:
            wanted = keys_of(word)[:_NEAR_KEYS]
            near = {
                key for key in self.keys for want in wanted if len(want) > 2 and one_off(want, key)
            }
            places = self._beginning(word)
            places |= {place for key, place in self.entries if key in near}
            found = places if found is None else found & places
        return found or set()


def one_off(typed: str, key: str) -> bool:
    """Say whether `key` begins with `typed`, one letter changed, missing, added or swapped."""
    at = 0
    while at < len(typed) and at < len(key) and typed[at] == key[at]:
        at += 1
    rest = typed[at:]
    return (
        key.startswith(rest[1:], at + 1)  # another letter
        or key.startswith(rest, at + 1)  # one is missing
        or key.startswith(rest[1:], at)  # one too many
        or (len(rest) > 1 and key.startswith(rest[1] + rest[0] + rest[2:], at))
    )


def _order(voter: Voter) -> tuple[object, ...]:
    names = (voter.surname, voter.given, voter.patronymic)
    return (*(kazakh_order(name) for name in names), voter.line)


def _keys_of_voter(voter: Voter, known: dict[str, frozenset[str]]) -> Iterator[str]:
    for name in (voter.surname, voter.given, voter.patronymic):
        if name not in known:
            words = words_of(name)
            forms = {*words, "".join(words)}
            known[name] = frozenset(key for form in forms for key in keys_of(form))
        yield from known[name]


def _split(typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of names that were typed, and the years."""
    words = words_of(typed)
    years = tuple(word for word in words if len(word) == 4 and word[:2] in ("19", "20"))
    years = tuple(year for year in years if year.isdigit())
    return tuple(word for word in words if word not in years)[:MOST_WORDS], years


def _runs(count: int, cuts: int) -> Iterator[tuple[int, int]]:
    """Return the runs of words, first and end, where bit i of `cuts` joins word i to the next."""
    first = 0
    for at in range(count):
        if at == count - 1 or not cuts >> at & 1:
            yield first, at + 1
            first = at + 1
