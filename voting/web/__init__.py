"""The room server's web application: pages for staff, the hall screen, the tablets' page and their interface."""
