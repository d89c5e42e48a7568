"""The election centre: keys, cards, station packages and the ballot book."""
