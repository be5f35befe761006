"""Where SoftHSM2 lies, and what opens the token of the tests."""

PIN, LABEL = "1234-not-a-secret", "phieukin-test"
MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
