"""Who may come in (đăng nhập): accounts, sessions, locks, known devices, steps of two people."""
