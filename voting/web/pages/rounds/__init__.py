"""Pages of rounds (đợt quy hoạch): the round, its lists, its steps."""
