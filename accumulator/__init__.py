"""The accumulator: opens the station, takes votes into the urn, counts, draws up minutes."""
