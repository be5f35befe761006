"""The dossier (hồ sơ) of a round: summary workbooks, drafts of the letters, briefing sheet, bundle (Plan C.1)."""
