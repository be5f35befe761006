"""The archive UUID.bel (hồ sơ hòm phiếu): members, events, slices, what tellers add, commitments."""
