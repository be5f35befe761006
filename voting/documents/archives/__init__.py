"""The archive UUID.bel (hồ sơ hòm phiếu): members, events, ranges, what tellers add, commitments."""
