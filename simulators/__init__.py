"""Stand-ins for every part, the bench that holds them, and simulated people."""
