"""The desk: finds the voter on the list, activates and withdraws voter cards."""
