"""What passes between room and tally: election, ballot, archive, facts, record. Pure: no web, no database."""
