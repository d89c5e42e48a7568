"""Checks an evidence bundle from the root key alone; shares no code with the boards."""
