"""Signatures in PDF files: writing and checking revisions."""
