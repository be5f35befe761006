"""What follows from the numbers (kết quả): sum, decryption, rule, verdict, record. Pure: no files, no questions."""
