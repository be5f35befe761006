"""What tellers sign with (ký): sealed files and tokens, signatures, notes of what was signed."""
