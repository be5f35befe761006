"""The planning round (đợt quy hoạch): people, eligibility, steps that feed each other, dossier. No web, no database."""
