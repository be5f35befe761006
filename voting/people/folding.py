"""Names as the door types them: without diacritics, in small letters."""

import unicodedata


def fold(text: str) -> str:
    """Drop diacritics and case: "Đặng Văn Ước" is found by "dang uoc"."""
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(one for one in spread if not unicodedata.combining(one)).split())
