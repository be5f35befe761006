"""One conference (hội nghị): states and steps, draft, roll, cards, Setup, closing, results."""
