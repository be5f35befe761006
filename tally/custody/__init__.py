"""Custody (lưu trữ, bàn giao): the bundle, its sheet, and destruction of shares."""
