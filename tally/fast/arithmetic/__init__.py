"""Compiled arithmetic on public data: field, curve, sums of multiples, membership."""
