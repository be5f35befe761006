"""The steps of a count (kiểm phiếu): check, open, enter what people say, the head's decision, paper."""
