"""A whole bundle checked; the product goes through its files one by one, to say what it does meanwhile."""

from voting.documents.bundles.bundle import Bundle, verify_bundle_file


def verify_bundle_files(bundle: Bundle) -> int:
    """Check every byte of every file against the manifest; return how many files; raise InvalidBundle with the name."""
    for listed in bundle.manifest.files:
        verify_bundle_file(bundle, listed)
    return len(bundle.manifest.files)
