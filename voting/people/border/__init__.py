"""One border for every table (một cửa cho mọi bảng): what a file of an office says, row by row."""
