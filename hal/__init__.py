"""The parts a board is made of: one interface for each kind, closed states as values."""
