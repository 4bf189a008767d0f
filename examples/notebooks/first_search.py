# %% [markdown]
# # A first search
#
# Ten lines from a table of events to a significance. The events are made up here: masses that fall steeply, with 150 events of a resonance of 3.5 TeV among six thousand, and two features that tell them, if one knew.

# %%
import numpy as np
import pandas as pd

import eddy

random = np.random.default_rng(1)
is_signal = np.arange(6000) < 150
frame = pd.DataFrame(
    {
        "mjj": np.where(is_signal, random.normal(3500, 60, 6000), 2500 + random.exponential(700, 6000)),
        "a": random.normal(1.5 * is_signal, 1),
        "b": random.normal(-1.5 * is_signal, 1),
        "truth": is_signal,
    }
)
frame.describe().round(2)

# %% [markdown]
# CWoLa trains a classifier of the signal region against its sidebands: it learns whatever is more frequent in one of them, without a word of what a signal looks like. `label` is for the evaluation at the end alone; the search never sees it.

# %%
search = eddy.search(
    "cwola", data=frame, context="mjj", x=["a", "b"], signal=(3300, 3700), label="truth", working_points=[0.1, 0.03],
    flow={"members": 1}, classifier={"members": 4}, folds={"k": 2}, validation={"experiments": 0}, bump_hunt={"toys": 200},
)
run = search.run("runs/first")
run

# %% [markdown]
# Every number is an attribute, and tables are DataFrames.

# %%
point = run.working_points[0.1]
print(f"observed {point.observed:.0f}, predicted {point.predicted:.1f} ± {point.predicted_error:.1f}, Z = {point.z:.1f}")
run.to_pandas()[["observed", "predicted", "p_value", "z", "upper_limit"]]

# %% [markdown]
# And every figure of the report is a figure here. Was the classifier right? With labels, one can look:

# %%
run.plot("sic")
