"""Checks of bundles (hồ sơ, bàn giao): form, damage, every box, what each kind asks for."""
