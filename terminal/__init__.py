"""The voting terminal: shows the ballot book, takes the choices, seals the vote on the card."""
