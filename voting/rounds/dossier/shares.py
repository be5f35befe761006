"""The structure of a plan (cơ cấu) in words: each share with its target and whether it is met, and the age bands."""

from voting.procedures.schema import Structure
from voting.rounds.seats.structure import Band, Panel, Share


def structure_words(found: Panel, structure: Structure) -> list[tuple[str, str]]:
    """Return pairs of label and value: women, minorities, young with their targets, age bands."""
    shares = (("Nữ", found.women), ("Dân tộc thiểu số", found.minorities),
              (f"Trẻ (dưới {structure.young_under} tuổi)", found.young))  # fmt: skip
    said = [(label, share_words(share)) for label, share in shares]
    return [*said, *((band_words(band), f"{band.count:02d}") for band in found.bands)]


def share_words(share: Share) -> str:
    """Spell a share with its target: 02 (33,33%; mục tiêu từ 25%: đạt)."""
    if share.target is None or share.meets is None:
        return f"{share.count:02d} ({share.percent()}%)"
    met = "đạt" if share.meets else "chưa đạt"
    return f"{share.count:02d} ({share.percent()}%; mục tiêu từ {percents(share.target)}%: {met})"


def percents(target: tuple[int, int]) -> str:
    """Spell a target in percent, without decimals where it is whole."""
    whole, rest = divmod(target[0] * 100, target[1])
    return str(whole) if not rest else f"{target[0] * 100 / target[1]:.1f}".replace(".", ",")


def band_words(band: Band) -> str:
    """Spell an age band: under 40, 40 to 50, over 50."""
    if band.low is None:
        return f"Dưới {band.high} tuổi"
    return f"Trên {band.low - 1} tuổi" if band.high is None else f"Từ {band.low} đến {band.high - 1} tuổi"
