"""What the test vectors of docs/proofs.md are made of: formulas, and cases for each file."""
