"""Guided steps of the tellers (hướng dẫn từng bước): the dialogue and what each step asks."""
