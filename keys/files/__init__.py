"""Key files: sealing with a passphrase, recovery sheets, signing, durable writing."""
