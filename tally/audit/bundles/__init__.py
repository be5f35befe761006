"""Checks of bundles (hồ sơ, bàn giao) and of loose files: form, damage, every box, what each kind asks for."""
