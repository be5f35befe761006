"""The tellers' key ceremony (buổi tạo khóa kiểm phiếu), step by step on USB sticks."""
