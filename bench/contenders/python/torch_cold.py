def cold():
    import torch
    from inputs import XOR_INPUTS

    x = torch.tensor(XOR_INPUTS, dtype=torch.float64)
    w = torch.full([3, 4], 0.5, dtype=torch.float64, requires_grad=True)
    loss = (x @ w).sigmoid().sum()
    loss.backward()
    return loss.item()
