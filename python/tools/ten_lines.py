"""A search of a table in memory, in ten lines."""

import numpy as np

import eddy

random = np.random.default_rng(1)
label = np.arange(6000) < 150  # a resonance of 3.5 TeV among falling masses, with two features that tell it
mass = np.where(label, random.normal(3500, 60, 6000), 2500 + random.exponential(700, 6000))
events = {"mjj": mass, "a": random.normal(1.5 * label, 1), "b": random.normal(-1.5 * label, 1)}
search = eddy.search("cwola", data=events, context="mjj", x=["a", "b"], signal=(3300, 3700), working_points=[0.1])
run = search.run("runs/ten-lines", {"flow.members": 1, "classifier.members": 4, "validation.experiments": 0})
print(run)
print(run.report())
