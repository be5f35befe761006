"""Engines of the audit: fast checking in this process, on all cores, on many machines, and going on where it was."""
