"""What an operator can mend (lỗi vận hành), in one sentence: a disk, a folder, a database that is not there.

The one command ends with the sentence, in both languages, and exit code 1, whatever its subcommand. Nothing of the room
is imported here: the tellers' commands run where neither SQLAlchemy nor a driver is installed.
"""

import errno
import sys

EXTRAS = {"flask", "flask_wtf", "sqlalchemy", "alembic", "granian", "argon2", "openpyxl"}
"""Libraries of the room, which tellers' machines do without."""

_DRIVERS = {"psycopg", "psycopg2", "pg8000", "asyncpg", "psycopg2cffi"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
_SHUT = {errno.EACCES, errno.EPERM, errno.EROFS}
_OURS = {"IntegrityError", "DataError", "InternalError", "NotSupportedError", "InvalidRequestError", "CompileError"}
"""Errors of SQLAlchemy that are faults of the program, not of whoever runs it."""


def sentence(error: BaseException) -> str | None:
    """Say what is wrong and what to do; None for a fault of the program, whose traceback is needed."""
    if isinstance(error, ModuleNotFoundError):
        return _missing((error.name or "").split(".")[0])
    if isinstance(error, BrokenPipeError):  # whoever read the output went away: click ends quietly
        return None
    if isinstance(error, OSError):
        return _disk(error)
    exc = sys.modules.get("sqlalchemy.exc")
    if exc is None or not isinstance(error, exc.SQLAlchemyError) or type(error).__name__ in _OURS:
        return None
    what = _first_line(getattr(error, "orig", None) or error)
    return _full("", what) if "disk is full" in what or "No space left" in what else _database(what)


def _missing(name: str) -> str | None:
    if name in _DRIVERS:
        return _database(f"pip install {name}")
    if name in EXTRAS:
        return f"Máy này chưa cài {name}. / {name} is not installed here: pip install 'phieukin[room]'"
    return None


def _disk(error: OSError) -> str:
    where = f" {error.filename}" if error.filename else ""
    what = error.strerror or _first_line(error)
    if error.errno in _FULL:
        return _full(where, what)
    if error.errno in _SHUT:
        return (
            f"Tài khoản này không được đọc hoặc ghi{where}: đổi chủ (chown), cho quyền, hoặc chọn thư mục khác. / This "
            f"account may not read or write{where}: change the owner (chown) or the rights, or name another folder. "
            f"({what})"
        )
    return (
        f"Không dùng được tệp hoặc thư mục{where}: xem tên có đúng không, ổ đĩa đã cắm chưa. / The file or "
        f"folder{where} cannot be used: see that the name is right and the disk plugged in. ({what})"
    )


def _full(where: str, what: str) -> str:
    return (
        f"Ổ đĩa đã đầy, không ghi được{where}: dọn bớt chỗ rồi chạy lại. / The disk is full{where and ', at'}{where}: "
        f"make room on it, then run this again. ({what})"
    )


def _database(what: str) -> str:
    return (
        f"Không mở được cơ sở dữ liệu (database trong room.json, hoặc room.db): xem nó có chạy và đã cài trình điều "
        f"khiển chưa. / The database cannot be opened (database in room.json, or room.db): see that it runs, and that "
        f"its driver is installed. ({what})"
    )


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
