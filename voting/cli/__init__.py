"""The command `phieukin`: one module a group of commands."""
