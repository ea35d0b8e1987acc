"""Makes the checkpoints of Tessera: trains tokenizers and priors, and writes them as model folders."""
