# %% [markdown]
# # A black box, with a guess
#
# QUAK (arXiv:2011.03550) trains one autoencoder on background and one on each guess of what a signal might look like (a prior). An event that the background's network reconstructs badly, and a prior's network well, is interesting, even if the signal is not quite what was guessed.

# %%
import eddy

quick = {"vae.epochs": 8, "quak.toys": 50, "quak.scan_points": 15}
run = eddy.run("../quak.toml", quick, out="runs/quak")
print(run)

# %% [markdown]
# The space of losses: background to the left, what looks like the prior below.

# %%
run.plot(next(name for name in run.figures if "plane" in name or "loss" in name))

# %%
run.plot("scan" if "scan" in run.figures else next(iter(run.figures)))

# %% [markdown]
# The same space by itself, for events of one's own:

# %%
import numpy as np

random = np.random.default_rng(1)
background, guess = random.normal(0, 1, (4000, 3)), random.normal(2, 0.5, (2000, 3))
space = eddy.QuakSpace(options={"epochs": 15, "latent": 2, "flow_layers": 2, "hidden": [16, 8]}).fit(background, {"guess": guess})
near_guess = random.normal([2.5, 1.5, 2.0], 0.5, (1000, 3))
losses = space.transform(near_guess)
for name, loss in zip(space.losses_, losses.mean(axis=0), strict=True):
    print(f"mean loss by the network of {name}: {loss:.1f}")
