# SPDX-License-Identifier: Apache-2.0
import torch


def changed(model, seed):
    """The same model object, with each weight moved up or down by an ulp, or not at all."""
    draw = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(1 + torch.randint(-1, 2, p.shape, generator=draw).float() * 2.0 ** -24)
    return model
