"""What `make benchmark` measures: one module for each part, and the machinery for ratios."""
