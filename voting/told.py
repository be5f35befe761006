"""Errors that people read (lỗi nói với người dùng): a message for the technician, and which words say it to staff.

The message stays English, for logs of commands and tests. `told` is a key of the translations ("told.…") with its
fields, where the kind of the error alone does not say enough; `at` is the field of the form that has to be mended.
"""


class Told(Exception):
    """An error that knows its words for people; roots of our packages come from it, and it is never raised itself."""

    def __init__(self, message: str = "", *, told: str = "", at: str = "", **fields: object) -> None:
        """Keep the message, and what to say: `fields` fill the words of `told`."""
        super().__init__(message)
        self.told, self.at, self.fields = told, at, fields
