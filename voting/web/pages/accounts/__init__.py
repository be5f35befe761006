"""Pages about accounts (tài khoản): signing in, one's own, those of others."""
