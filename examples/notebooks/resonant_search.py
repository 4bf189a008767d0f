# %% [markdown]
# # A resonance among dijets
#
# Simulated dijets in the format of the LHC Olympics, with a few events of a resonance among them. LaCATHODE (arXiv:2210.14924) learns from the sidebands what dijets look like at each mass, takes that dependence away, and lets a classifier find what is left over in the signal region.
#
# The settings here are small, so that this page runs in seconds; those of [dijet.toml](../dijet.toml) take minutes and find more.

# %%
import eddy

columns = {
    "e1": "sqrt(pxj1^2 + pyj1^2 + pzj1^2 + mj1^2)",
    "e2": "sqrt(pxj2^2 + pyj2^2 + pzj2^2 + mj2^2)",
    "mjj": "sqrt((e1 + e2)^2 - (pxj1 + pxj2)^2 - (pyj1 + pyj2)^2 - (pzj1 + pzj2)^2)",
    "m1": "min(mj1, mj2)",
    "dm": "abs(mj1 - mj2)",
    "tau21_1": "(mj1 <= mj2) ? tau2j1 / (tau1j1 + 1e-5) : tau2j2 / (tau1j2 + 1e-5)",
    "tau21_2": "(mj1 <= mj2) ? tau2j2 / (tau1j2 + 1e-5) : tau2j1 / (tau1j1 + 1e-5)",
}
search = eddy.search(
    "lacathode", data="../data/dijet-small.h5", label="label", columns=columns, units={"mjj": "GeV", "m1": "GeV", "dm": "GeV"},
    context="mjj", x=["m1", "dm", "tau21_1", "tau21_2"], signal=(3300, 3700), working_points=[0.1, 0.01],
    folds={"k": 2}, flow={"members": 1, "epochs": 3}, classifier={"members": 4}, validation={"experiments": 0},
    sculpting={"bins": 60}, bump_hunt={"sqrt_s": 13000, "toys": 200},
)
run = search.run("runs/dijet")
print(run)

# %% [markdown]
# In all dijets there is no bump to see. Behind a cut on the score there is:

# %%
run.plot("bump")

# %% [markdown]
# Does the cut make bumps by itself? A classifier that had learned the mass would sculpt the spectrum. Grey is what random subsets of the same size do to it: a cut inside the band leaves the shape alone, and one above it, here most of all around 5 %, does not quite. A single flow that saw the events three times has not taken all of the dependence on the mass away.

# %%
run.plot("sculpting")

# %% [markdown]
# Every event, by its mass and how tight a cut it passes. The lines stay level along the spectrum, as they should where nothing depends on the mass; in the signal region the resonance lifts them.

# %%
run.plot("mass-plane")
