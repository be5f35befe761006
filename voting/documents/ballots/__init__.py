"""The encrypted ballot (lá phiếu đã mã hóa): its answers, and the request that casts it."""
