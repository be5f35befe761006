"""Titles to plan for (chức danh quy hoạch): who is eligible, who leaves, numbers, structure."""
