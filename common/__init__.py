"""What every board shares: strict encodings, signed records, journal, urn, bus, configuration."""
