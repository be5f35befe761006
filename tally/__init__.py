"""Checking and counting (kiểm phiếu): audit, sum, opening, rule, record, minutes. No web, no database."""
