"""Proofs of knowledge and of what a ciphertext holds (Belenios 3.0, 4.12 and 4.13)."""
