"""The PIV applets we can make cards from, and where they differ from each other for us.

Rules. An `Applet` is what the maker of cards must know of a blank card as it is delivered; on the
day itself only the algorithm of the management key matters. What applets do differently when a
write is cut off is no setting: the sessions expect the worst of all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cardio.piv import ManagementAlgorithm


class KeyWay(Enum):
    """How a card gets its management key."""

    COMMAND = "Yubico's SET MANAGEMENT KEY, under the factory key"
    ISSUER = "the issuer's tool, over the card's own secure channel, before we get it"


@dataclass(frozen=True, slots=True)
class Applet:
    """One kind of blank card.

    Attributes:
        name: as it stands in the centre's configuration.
        key_way: how the management key gets onto it.
        algorithm: of the management key that we give it.
        factory_algorithm, factory_key: of the management key it is delivered with.
        factory_pin, factory_puk: digits as they are typed.
    """

    name: str
    key_way: KeyWay
    algorithm: ManagementAlgorithm
    factory_algorithm: ManagementAlgorithm
    factory_key: bytes = field(repr=False)
    factory_pin: bytes = field(default=b"123456", repr=False)
    factory_puk: bytes = field(default=b"12345678", repr=False)


_COMMON_FACTORY_KEY = bytes.fromhex("0102030405060708" * 3)

YUBIKEY = Applet(
    name="yubikey",
    key_way=KeyWay.COMMAND,
    algorithm=ManagementAlgorithm.AES_256,
    factory_algorithm=ManagementAlgorithm.AES_192,
    factory_key=_COMMON_FACTORY_KEY,
)
"""YubiKey with firmware 5.7 or later; earlier ones are delivered with a Triple-DES key."""

PIVAPPLET = Applet(
    name="pivapplet",
    key_way=KeyWay.COMMAND,
    algorithm=ManagementAlgorithm.AES_256,
    factory_algorithm=ManagementAlgorithm.AES_192,
    factory_key=_COMMON_FACTORY_KEY,
)
"""PivApplet 0.9 built without Triple-DES; objects end at 5FC117."""

OPENFIPS201 = Applet(
    name="openfips201",
    key_way=KeyWay.ISSUER,
    algorithm=ManagementAlgorithm.AES_256,
    factory_algorithm=ManagementAlgorithm.AES_192,
    factory_key=_COMMON_FACTORY_KEY,
)
"""OpenFIPS201: objects, keys, PIN and management key are created by the issuer's tool (SCP03)."""

APPLETS = {applet.name: applet for applet in (YUBIKEY, PIVAPPLET, OPENFIPS201)}
