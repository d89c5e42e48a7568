"""Everything that knows an APDU: transport, PIV, card sessions and `cardiod`."""
