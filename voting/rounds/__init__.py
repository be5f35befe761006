"""Rounds (đợt quy hoạch): seats, lists, steps, what came of them, dossier and letters."""
