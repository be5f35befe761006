"""Collecting the ballots of a conference (bỏ phiếu): plan, roll, cards, the box, the room server."""
