"""Lists of people as offices hand them in (danh sách người): tables, names, spelling, order, who is who."""
