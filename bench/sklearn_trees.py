"""scikit-learn's HistGradientBoostingClassifier on the task of trees_bench.cpp, one thread.

    OMP_NUM_THREADS=1 python3 bench/sklearn_trees.py
"""

import os
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

MEMBERS = 10


def make_events(seed, n_data, n_reference):
    """Reference N(0, 1)^3; data the same with 3 % of it in a blob N(1, 0.4)^3. Data first."""
    x = np.random.default_rng(seed).standard_normal((n_data + n_reference, 3)).astype(np.float32)
    n_signal = n_data * 3 // 100
    x[:n_signal] = 1 + 0.4 * x[:n_signal]
    label = np.repeat([1, 0], [n_data, n_reference])
    weight = np.where(label == 1, 0.5 / n_data, 0.5 / n_reference) * len(label)
    return x, label, weight


def classifier(seed, max_iter=200, patience=10, learning_rate=0.1):
    return HistGradientBoostingClassifier(
        max_iter=max_iter, max_leaf_nodes=61, learning_rate=learning_rate, min_samples_leaf=20, l2_regularization=0,
        max_bins=255, early_stopping=True, validation_fraction=0.25, n_iter_no_change=patience, tol=0, random_state=seed)


def cpu_seconds(action):
    start = time.process_time()
    result = action()
    return time.process_time() - start, result


def bench_fit(n_data, n_reference, patience):
    x, label, weight = make_events(1, n_data, n_reference)
    test_x, test_label, _ = make_events(2, n_data, n_reference)
    seconds, iterations, auc = 0.0, 0, 0.0
    for member in range(MEMBERS):
        model = classifier(member, patience=patience)
        elapsed, _ = cpu_seconds(lambda: model.fit(x, label, sample_weight=weight))
        seconds += elapsed
        iterations += model.n_iter_
        auc += roc_auc_score(test_label, model.predict_proba(test_x)[:, 1]) / MEMBERS
    print(f"fit/{n_data // 1000}/{n_reference // 1000}/{patience}: {1e3 * seconds / MEMBERS:.0f} ms per member, "
          f"{1e3 * seconds / iterations:.2f} ms per iteration, {iterations / MEMBERS:.1f} iterations, AUC {auc:.4f}")


def bench_predict(n_iterations):
    x, label, weight = make_events(1, 60000, 60000)
    model = classifier(0, max_iter=n_iterations, patience=1000, learning_rate=0.003).fit(x, label, sample_weight=weight)
    seconds = min(cpu_seconds(lambda: model.predict_proba(x))[0] for _ in range(3))
    print(f"predict/{n_iterations}: {len(x) * n_iterations / seconds / 1e6:.1f} million events x trees per second")


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("set OMP_NUM_THREADS=1: the comparison is per core")
    for sizes in ((60000, 60000, 10), (52000, 208000, 10), (60000, 60000, 1000)):
        bench_fit(*sizes)
    for n_iterations in (20, 200):
        bench_predict(n_iterations)
