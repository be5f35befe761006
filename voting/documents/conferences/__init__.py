"""election.json and its field `conference`: papers, people, questions, moments, and their check."""
