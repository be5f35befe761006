"""Rehearsals (diễn tập): a whole conference or round without people, on a real server with a real database."""
