"""Bundles (hồ sơ, bàn giao): the file, its ledger, its signed documents, the chain of steps."""
