# %% [markdown]
# # Background from simulation, corrected where it can be checked
#
# Semi-visible jets of a dark sector, sought in the tail of HT and missing energy. The background is simulated; a classifier of data against simulation in the control region becomes weights, which are extrapolated into the signal region (Reweight, arXiv:2311.12924). First, the signal region stays closed.

# %%
import eddy

quick = {"flow.members": 1, "classifier.members": 2, "folds.k": 2, "extrapolation.closure_runs": 3, "weights.epochs": 8, "validation.experiments": 0}
run = eddy.run("../darkqcd.toml", quick, out="runs/darkqcd", fresh=True)  # closed again, where this page ran before
print(run)

# %% [markdown]
# Can a classifier tell the constructed background from true one, on events of the control region that no training has seen? An AUC of one half says no.

# %%
run.plot("closure-auc")

# %% [markdown]
# What to expect, before anybody has looked:

# %%
expected = run.result.expected[0]
print(f"{expected.background:.0f} ± {expected.background_error:.0f} events of background; {expected.signal_3_sigma:.0f} signal events for 3 σ")
run.to_pandas("inputs")[["role", "n_read", "n_selected", "n_signal_region"]]

# %% [markdown]
# Opening the region is one call, and is recorded in the run folder with the hash of the configuration:

# %%
run.unblind()
print(run.result.blinding.state, run.result.blinding.unblinded.time[:4])
run.to_pandas()[["observed", "predicted", "predicted_error", "z"]]

# %%
run.plot(next(name for name in run.figures if "count" in name or "template" in name or "signal" in name))
