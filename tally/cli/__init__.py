"""The commands of the tellers: one module a group of commands."""
