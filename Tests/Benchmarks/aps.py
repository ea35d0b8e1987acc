"""Anchored posterior sampling in PyTorch, as Tessera runs it there: the rival of Scripts/bench for whole jobs.

Steps, gradient steps, warm start, prior term and windows are those of Sources/TesseraPosterior and
TesseraPrior, without what touches files, without the last move onto the measurement and with a prior that
looks at all positions at every step.
"""

import contextlib
import math

import torch
import torch.nn.functional as F

STEPS, INNER, RATE, WARM, PRIOR_WEIGHT, CHOICE, MASK = 12, 3, 0.5, 0.7, 0.03, 4.5, 256


def starts(extent: int, window: int) -> list[int]:
    """Where windows begin that overlap by half, the last one ending with the grid."""
    if extent <= window:
        return [0]
    return [*range(0, extent - window, window // 2), extent - window]


class Recovery:
    """Samples the tokens of a picture given a measurement of it."""

    def __init__(self, encoder, decoder, prior, books, window):
        self.encoder, self.decoder, self.prior, self.books = encoder, decoder, prior, books
        self.slots, self.cast = len(books), contextlib.nullcontext()
        distances = torch.cdist(books, books) + 1e9 * torch.eye(256)
        self.spacing = distances.amin(-1).square().mean(-1)  # Of each slot's neighbours.
        self.window = window
        near = torch.minimum(torch.arange(window) + 1, window - torch.arange(window)).float()
        self.weights = near.view(-1, 1) * near

    def nearest(self, vectors):
        """Codes [P, K] of vectors [P, K, c]."""
        scores = vectors.transpose(0, 1) @ self.books.mT - self.books.square().sum(-1).unsqueeze(1) / 2
        return scores.argmax(-1).T

    def embed(self, codes):
        return torch.stack([self.books[k][codes[:, k]] for k in range(self.slots)], 1)

    def codes_of(self, pixels):
        with torch.no_grad():
            latent = self.encoder(pixels).float().permute(0, 2, 3, 1)
        return self.nearest(latent.reshape(-1, self.slots, latent.shape[-1] // self.slots))

    def decode(self, vectors, height, width):
        return self.decoder(vectors.reshape(1, height, width, -1).permute(0, 3, 1, 2)).float()

    @torch.no_grad()
    def prior_logits(self, codes, height, width):
        """Log-probabilities [P, K, 256], windows blended by weights that fall to their borders."""
        grid = codes.view(height, width, -1)
        h, w = min(height, self.window), min(width, self.window)
        corners = [(y, x) for y in starts(height, self.window) for x in starts(width, self.window)]
        windows = torch.stack([grid[y : y + h, x : x + w] for y, x in corners])
        label = None
        if self.prior.label is not None:
            label = torch.full((len(corners),), self.prior.label.num_embeddings - 1)
        with self.cast:
            logits = self.prior(windows, label)
        logits = logits.float().log_softmax(-1).view(len(corners), h, w, self.slots, -1)
        total = torch.zeros(height, width, self.slots, logits.shape[-1])
        weight = torch.zeros(height, width, 1, 1)
        blend = self.weights[:h, :w, None, None]
        for (y, x), part in zip(corners, logits, strict=True):
            total[y : y + h, x : x + w] += blend * part
            weight[y : y + h, x : x + w] += blend
        return (total / weight).flatten(0, 1)

    def sample(self, operator, measured, codes, rough, trust, height, width, focus=(slice(None), slice(None))):
        """Codes [P, K]; masked ones (256) are filled. What is measured are the positions of `focus`."""
        guess = self.embed(rough)
        near = guess.transpose(0, 1) @ self.books.mT * 2 - self.books.square().sum(-1).unsqueeze(1)
        guess = (near / self.spacing.view(-1, 1, 1)).transpose(0, 1)
        guess = guess - guess.amax(-1, keepdim=True)
        tilt = None
        count = int((codes == MASK).sum())
        for step in range(1, STEPS + 1):
            masked = codes == MASK
            prior = self.prior_logits(codes, height, width)
            prior = (prior - prior.amax(-1, keepdim=True)).clamp_min(-70)
            start = trust.view(-1, 1, 1) * (guess - prior) if tilt is None else WARM * tilt
            phi = (prior + start).requires_grad_(True)
            optimizer = torch.optim.Adam([phi], lr=RATE, eps=1e-12)
            fixed = F.one_hot(codes.clamp_max(255), 256).float()
            for _ in range(INNER):
                p = torch.where(masked.unsqueeze(-1), phi.softmax(-1), fixed)
                mean = (p.transpose(0, 1) @ self.books).transpose(0, 1)
                with torch.no_grad():
                    hard = self.embed(self.nearest(mean))
                vectors = (mean + (hard - mean).detach()).unflatten(0, (height, width))[focus]
                pixels = self.decode(vectors, *vectors.shape[:2])
                loss = (operator(pixels) - measured).square().mean()
                kl = (p * (phi.log_softmax(-1) - prior))[masked].sum(-1).mean()
                optimizer.zero_grad(set_to_none=True)
                (loss + PRIOR_WEIGHT * loss.detach() * kl).backward()
                optimizer.step()
            with torch.no_grad():
                p = torch.where(masked.unsqueeze(-1), phi.softmax(-1), fixed)
                anchors = self.nearest((p.transpose(0, 1) @ self.books).transpose(0, 1))
                sure = p.gather(-1, anchors.unsqueeze(-1)).squeeze(-1).log()
                noise = -torch.rand_like(sure).log().neg().log()
                sure = (sure + CHOICE * (1 - step / STEPS) * noise).masked_fill(~masked, -math.inf)
                left = min(int(math.cos(math.pi / 2 * step / STEPS) * count), int(masked.sum()) - 1)
                left = max(STEPS - step, left)
                chosen = sure.flatten().topk(int(masked.sum()) - left).indices
                codes = codes.flatten().scatter(0, chosen, anchors.flatten()[chosen]).view_as(codes)
                tilt = phi.detach() - prior
        return codes


def restored(recovery: Recovery, small):
    """Enlarges [1, 3, h, w] four times."""
    height, width = 4 * small.shape[2], 4 * small.shape[3]
    operator = lambda x: F.interpolate(x, small.shape[2:], mode="bicubic", antialias=True)  # noqa: E731
    rough = recovery.codes_of(F.interpolate(small, (height, width), mode="bicubic", antialias=True))
    rows, columns = height // 8, width // 8
    codes = recovery.sample(
        operator, small, torch.full_like(rough, MASK), rough, torch.full((len(rough),), 0.99), rows, columns
    )
    with torch.no_grad():
        return recovery.decode(recovery.embed(codes), rows, columns)


def inpainted(recovery: Recovery, pixels, top: int, left: int, side: int):
    """Fills a square of whole positions, from its mean colour; a region of 8 positions around it is looked at."""
    reach = 64
    rows = slice(max(top - reach, 0), min(top + side + reach, pixels.shape[2]))
    columns = slice(max(left - reach, 0), min(left + side + reach, pixels.shape[3]))
    part = pixels[:, :, rows, columns].clone()
    known = torch.ones_like(part[:, :1])
    known[:, :, top - rows.start : top - rows.start + side, left - columns.start : left - columns.start + side] = 0
    mean = (part * known).sum((2, 3), keepdim=True) / known.sum()
    rough = recovery.codes_of(part * known + mean * (1 - known))
    hole = 1 - F.avg_pool2d(known, 8)
    codes = torch.where(hole.flatten().unsqueeze(1) > 0, MASK, rough)
    height, width = hole.shape[2:]
    # Gradients decode the hole and 4 positions around it.
    focus = tuple(
        slice(max(start // 8 - 4, 0), (start + side + 7) // 8 + 4) for start in (top - rows.start, left - columns.start)
    )
    near_rows, near_columns = (slice(8 * s.start, 8 * s.stop) for s in focus)
    codes = recovery.sample(
        lambda x: x * known[..., near_rows, near_columns],
        (part * known)[..., near_rows, near_columns],
        codes,
        rough,
        1 - hole.flatten(),
        height,
        width,
        focus,
    )
    with torch.no_grad():
        decoded = recovery.decode(recovery.embed(codes), height, width)
    result = pixels.clone()
    result[:, :, rows, columns] = part * known + decoded * (1 - known)
    return result
