"""Checks of Setup: election, trustees, cards, conference, catalogue."""
