"""Which BLAS kernel serves the process."""

import ctypes

NAMES = ["openblas_get_config", "scipy_openblas_get_config64_", "scipy_openblas_get_config"]


def blas():
    with open("/proc/self/maps") as maps:
        paths = {line.split()[-1] for line in maps if "blas" in line.lower() and ".so" in line}
    for path in sorted(paths):
        library = ctypes.CDLL(path)
        for name in NAMES:
            if hasattr(library, name):
                config = getattr(library, name)
                config.restype = ctypes.c_char_p
                return config().decode()
    return "a BLAS that does not name itself"
