"""The centre's folder: what lies there between the steps of preparing a station.

    root.key root.pub card-authority.key card-authority.crt territorial.pub
    station-0421/
        card-secrets.cbor     secrets of the kinds of card          (0600)
        start-password.cbor   public half of the start password
        envelope.txt          the sheet for the envelope            (0600; print, then destroy)
        letters/              PIN and PUK of each personal card     (0600; print, then destroy)
        requests/<board>.cose what each board asked
        answer.cose           the answer to the accumulator
        offer.cose            what the accumulator offered then
        people.cbor           which cards of officials were made
        package/              for every board; see `common.enrolment`

Rules: a station is begun once; secrets are never overwritten; every file is written whole.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from center import station
from center.authorities import CentreError, RandomBytes, write_public, write_secret
from center.cards import CardSecrets, MadeOfficialCard, MadeShareCard, PersonalCard
from center.envelope import envelope_sheet
from center.station import PackageFolder, StationPlan, StationSecrets
from common import cbor, keys
from common.records import Official, RecordError, ShareCard, StartPassword

CARD_SECRETS = "card-secrets.cbor"
START_PASSWORD = "start-password.cbor"  # noqa: S105 - a file name
ENVELOPE = "envelope.txt"
LETTERS = "letters"
REQUESTS = "requests"
ANSWER = "answer.cose"
OFFER = "offer.cose"
PEOPLE = "people.cbor"
PACKAGE = "package"
_MAX_BYTES = 1 << 16


@dataclasses.dataclass(frozen=True, slots=True)
class MadePeople:
    """The personal cards that were made so far."""

    officials: tuple[Official, ...] = ()
    share_cards: tuple[ShareCard, ...] = ()


class StationOffice:
    """The folder of one station at the centre. Every method may raise CentreError."""

    def __init__(self, centre: Path, station_name: str) -> None:
        self.folder = centre / f"station-{station_name}"

    def begun(self) -> bool:
        """Say whether the station has its secrets."""
        return (self.folder / CARD_SECRETS).exists()

    def begin(
        self,
        plan_title: str,
        station_name: str,
        random_bytes: RandomBytes,
        *,
        operations: int = keys.OPERATIONS,
        memory_bytes: int = keys.MEMORY_BYTES,
    ) -> StationSecrets:
        """Make the station's secrets and the sheet for the envelope."""
        begun = station.begin(random_bytes, operations=operations, memory_bytes=memory_bytes)
        self.folder.mkdir(parents=True, exist_ok=True)
        sheet = envelope_sheet(begun.password, station_name, plan_title)
        write_secret(self.folder / ENVELOPE, sheet.encode())
        write_public(self.folder / START_PASSWORD, begun.secrets.start_password.to_bytes())
        cards = begun.secrets.cards
        content = cbor.encode({0: cards.voter, 1: cards.courier, 2: cards.share, 3: cards.official})
        write_secret(self.folder / CARD_SECRETS, content)
        return begun.secrets

    def secrets(self) -> StationSecrets:
        """Return the station's secrets."""
        try:
            match cbor.decode(self._read(CARD_SECRETS), max_size=_MAX_BYTES):
                case {0: bytes(voter), 1: bytes(courier), 2: bytes(share), 3: bytes(official)}:
                    cards = CardSecrets(voter, courier, share, official)
                case _:
                    raise CentreError(f"{self.folder / CARD_SECRETS} is damaged")
            return StationSecrets(cards, StartPassword.from_bytes(self._read(START_PASSWORD)))
        except (cbor.CborError, RecordError) as error:
            raise CentreError(
                f"{self.folder}: the station's secrets are damaged: {error}"
            ) from error

    def keep_request(self, name: str, request: bytes) -> None:
        """Keep a board's request; another request of the same board replaces it."""
        folder = self.folder / REQUESTS
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / f"{name}.cose", request)

    def requests(self) -> dict[str, bytes]:
        """Return the requests that were kept, by board."""
        folder = self.folder / REQUESTS
        return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.cose"))}

    def keep_answer(self, answer: bytes) -> Path:
        """Keep the answer to the accumulator; return where."""
        path = self.folder / ANSWER
        _replace(path, answer)
        return path

    def keep_offer(self, offer: bytes) -> None:
        """Keep the accumulator's offer."""
        _replace(self.folder / OFFER, offer)

    def offer(self) -> bytes:
        """Return the accumulator's offer."""
        if not (self.folder / OFFER).exists():
            raise CentreError(
                f"{self.folder / OFFER} cannot be read: take the accumulator's offer in with enrol"
            )
        return self._read(OFFER)

    def people(self) -> MadePeople:
        """Return the personal cards that were made so far."""
        if not (self.folder / PEOPLE).exists():
            return MadePeople()
        try:
            match cbor.decode(self._read(PEOPLE), max_size=_MAX_BYTES):
                case {0: tuple() as officials, 1: tuple() as share_cards}:
                    return MadePeople(
                        tuple(Official.from_item(one) for one in officials),
                        tuple(ShareCard.from_item(one) for one in share_cards),
                    )
        except (cbor.CborError, RecordError) as error:
            raise CentreError(f"{self.folder / PEOPLE} is damaged: {error}") from error
        raise CentreError(f"{self.folder / PEOPLE} is damaged")

    def keep_official(self, made: MadeOfficialCard) -> None:
        """Note that an official's card was made, and write the letter; a new card replaces."""
        people = self.people()
        others = tuple(one for one in people.officials if one.number != made.official.number)
        officials = tuple(sorted((*others, made.official), key=lambda one: one.number))
        self._keep(dataclasses.replace(people, officials=officials))
        self._letter(f"official-{made.official.number}", made.letter)

    def keep_share(self, made: MadeShareCard) -> None:
        """Note that a share card was made, and write the letter; a new card replaces."""
        people = self.people()
        others = tuple(one for one in people.share_cards if one.number != made.card.number)
        cards = tuple(sorted((*others, made.card), key=lambda one: one.number))
        self._keep(dataclasses.replace(people, share_cards=cards))
        self._letter(f"share-{made.card.number}", made.letter)

    def keep_package(self, made: PackageFolder) -> Path:
        """Write the package folder; return where."""
        path = self.folder / PACKAGE
        made.write(path)
        return path

    def _keep(self, people: MadePeople) -> None:
        item = {
            0: [one.to_item() for one in people.officials],
            1: [one.to_item() for one in people.share_cards],
        }
        _replace(self.folder / PEOPLE, cbor.encode(item))

    def _letter(self, name: str, letter: PersonalCard) -> None:
        folder = self.folder / LETTERS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.txt"
        path.unlink(missing_ok=True)
        text = f"{letter.name}\n{letter.what}\nPIN {letter.pin}\nPUK {letter.puk}\n"
        write_secret(path, text.encode())

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        try:
            return path.read_bytes()
        except OSError as error:
            raise CentreError(f"{path} cannot be read: {error.strerror}") from error


def envelope_title(plan: StationPlan) -> str:
    """Return the line of the envelope's sheet that names the election."""
    return f"{plan.election.title.kk} / {plan.election.title.ru}"


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
