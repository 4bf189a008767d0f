# %% [markdown]
# # Is my significance true?
#
# A classifier seeks out whatever the background model gets wrong, so that the prediction behind its cut tends to be too low and Z too high. How often would this very search claim as much where there is nothing? Null experiments repeat it, whole, on events without signal. The seed is chosen to look like a find: of 1 to 20 it is the one with the largest Z behind a cut.

# %%
import numpy as np

import eddy

random = np.random.default_rng(6)
n = 6000
nothing = {"mjj": 2500 + random.exponential(700, n), "a": random.normal(size=n), "b": random.normal(size=n)}  # no signal at all
search = eddy.search(
    "cwola", data=nothing, context="mjj", x=["a", "b"], signal=(3300, 3700), working_points=[0.1, 0.03],
    flow={"members": 1}, classifier={"members": 4}, folds={"k": 2}, validation={"experiments": 0}, bump_hunt={"toys": 0},
)
run = search.run("runs/nothing")
print(run.working_points)

# %% [markdown]
# An uncalibrated Z says nothing of how often such a thing happens. Twenty whole searches without signal do:

# %%
run.calibrate(20)
for point in run.working_points:
    c = point.calibrated
    if c is not None and point.z is not None:
        print(f"cut {point.efficiency:g}: Z = {point.z:.2f}, calibrated p = {c.p_value:.2f} ± {c.p_value_error:.2f}, Z = {c.z:.2f}")

# %%
run.plot("calibration")

# %% [markdown]
# The search over several cuts has a look-elsewhere effect of its own; the global p-value of the smallest calibrated one takes it into account.

# %%
run.calibration.global_
