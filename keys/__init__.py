"""Key material and the mathematics on it: Belenios version 1 on Ed25519. Knows nothing above it."""
