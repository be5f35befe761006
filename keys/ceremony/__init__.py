"""Messages and states of the tellers' key ceremony (buổi tạo khóa kiểm phiếu)."""
