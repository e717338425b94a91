"""PyTorch, as its users write it, on one thread."""

import torch
from blas import blas
from torch_arrays import ARRAYS
from torch_networks import NETWORKS

torch.set_num_threads(1)


def about():
    simd = torch.backends.cpu.get_cpu_capability() if hasattr(torch.backends, "cpu") else "?"
    return f"{torch.__version__}, {torch.get_num_threads()} thread, {simd}, {blas()}"


KINDS = {**NETWORKS, **ARRAYS}
