"""How a ballot is sealed in the booth and opened at the count.

Only this package looks inside a sealed ballot; to all others it is opaque bytes of the one length
that the station package names. There is one scheme, elgamal-edwards25519/1, with which anybody can
check the count (docs/proofs.md); each of its parts is a module:

    group, hashing     points, scalars, generators; H and S                              section 1
    halves             halves of the tally key with proof, the joint key                         2
    encoding, elgamal  a ballot as points; sealing with a proof of knowledge                     3
    firstlists         which votes are shuffled, in which groups and order                       4
    shuffle, shufflecheck  a shuffle and its proof; the check                                    5
    opening            a board's part of the opening with proof; reading the ballots             6
    checkvalue         what a voter notes                                                        7
    randomness, crew   a random source that is watched; threads that share the work
    scheme             what it means for one station: sizes, and sealing in its booths

Never here: files, records' envelopes, who may ask for what.
"""

from common.seal.scheme import SCHEME, Sealing, sealed_size

__all__ = ["SCHEME", "Sealing", "sealed_size"]
