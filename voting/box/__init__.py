"""Casting (bỏ phiếu): the box, its queue, copies of ciphertexts, tablets, mirror."""
