"""Minutes of a count (biên bản kiểm phiếu), rendered from the record alone (design §5)."""

from tally.minutes.renderer import Place, render_minutes, renderer_versions, signature_places
from tally.minutes.view import parse_record

__all__ = ["Place", "parse_record", "render_minutes", "renderer_versions", "signature_places"]
