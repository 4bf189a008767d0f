"""ONNX Runtime gives the scores of eddy for 100,000 events of every family and model, and flows their laws.

usage: onnx_test.py FOLDER     (of make_runs.py; the Python environment of tools/requirements/exchange.txt)
"""

import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

FOLDER = Path(sys.argv.pop())
SCORED = ("conrad", "dijet", "generate", "lacathode", "affine", "anode", "r_anode", "steps")
LOSSES = {"quak": ["background", "up", "down"], "quak_pixels": ["background", "up", "down"]}  # spaces of losses have no score
WITHIN = 1e-5  # relative, of the score


def session(run, name="model.onnx"):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(FOLDER / run / "export/onnx" / name), options, providers=["CPUExecutionProvider"])


def run_in_blocks(model, inputs, outputs, block=10_000):
    n = len(next(iter(inputs.values())))
    parts = [
        model.run(outputs, {key: values[first : first + block] for key, values in inputs.items()}) for first in range(0, n, block)
    ]
    return [np.concatenate(values) for values in zip(*parts)]


def many(run, model):
    file = np.load(FOLDER / run / "many.npz")
    # What eddy adds to features that take whole steps stands among its scores.
    return file, {one.name: file[one.name if one.name in file else f"in_{one.name}"].reshape(-1, 1) for one in model.get_inputs()}


class Onnx(unittest.TestCase):
    def test_graphs_are_valid(self):
        for path in sorted(FOLDER.glob("*/export/onnx/*.onnx")):
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            self.assertEqual({one.domain: one.version for one in model.opset_import}, {"": 15, "ai.onnx.ml": 1})
            metadata = {one.key: one.value for one in model.metadata_props}
            self.assertEqual(
                json.loads(metadata["eddy.features"]),
                [one["name"] for one in json.loads((path.parents[2] / "result.json").read_text())["setup"]["features"]],
            )
            self.assertEqual(len(metadata["eddy.result_sha256"]), 64)

    def test_scores_are_those_of_eddy(self):
        for run in SCORED:
            with self.subTest(run=run):
                model = session(run)
                file, inputs = many(run, model)
                self.assertGreaterEqual(len(file["score"]), 90_000)
                score, efficiency = run_in_blocks(model, inputs, ["score", "background_efficiency"])
                difference = np.abs(score - file["score"]) / file["score"]
                beyond = int((difference > WITHIN).sum())
                print(f"{run}: {len(score)} events, largest difference {difference.max():.2g}, beyond {WITHIN}: {beyond}")
                for cut in json.loads((FOLDER / run / "result.json").read_text())["working_points"]:
                    crossed = (difference <= WITHIN) & (
                        (efficiency <= np.float32(cut["efficiency"]))
                        != (file["background_efficiency"] <= np.float32(cut["efficiency"]))
                    )
                    # Only events whose score is that of the cut, to the digits of float32.
                    edge = file["score"][file["background_efficiency"] <= np.float32(cut["efficiency"])].min(initial=1)
                    for value in file["score"][crossed]:
                        self.assertLess(abs(value / edge - 1), 1e-6)
                self.assertEqual(beyond, 0)

    def test_losses_and_categories_are_those_of_eddy(self):
        for run, names in LOSSES.items():
            with self.subTest(run=run):
                model = session(run)
                file, inputs = many(run, model)
                self.assertGreaterEqual(len(file["row"]), 90_000)
                outputs = [f"loss_{name}" for name in names]
                for name, values in zip(outputs, run_in_blocks(model, inputs, outputs)):
                    difference = np.abs(values - file[name]) / file[name]
                    print(f"{run}: {name}, {len(values)} events, largest difference {difference.max():.2g}")
                    self.assertLess(difference.max(), WITHIN)
        model = session("quak")
        file, inputs = many("quak", model)
        category, in_spectrum = run_in_blocks(model, inputs, ["category", "in_spectrum"])
        self.assertEqual(set(category), {0, 1, 2, 3, 4, 5, 6, 7, 8})
        self.assertEqual(np.count_nonzero(category != file["category"]), 0)
        self.assertEqual(np.count_nonzero(in_spectrum != file["in_spectrum"]), 0)
        self.assertEqual([one.name for one in session("quak_pixels").get_outputs()], [f"loss_{name}" for name in LOSSES["quak_pixels"]])

    def test_the_vector_and_its_program(self):
        for run in (*SCORED, *LOSSES):
            done = subprocess.run(
                [sys.executable, FOLDER / run / "export/onnx/check.py"], capture_output=True, text=True, check=False
            )
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("loss_up: 128 events" if run in LOSSES else "score: 128 events", done.stdout)
        changed = FOLDER / "changed"
        changed.mkdir(exist_ok=True)
        for name in ("model.onnx", "check.py", "test_vector.json"):
            (changed / name).write_bytes((FOLDER / "conrad/export/onnx" / name).read_bytes())
        vector = json.loads((changed / "test_vector.json").read_text())
        vector["outputs"]["score"][5] *= 1.001
        (changed / "test_vector.json").write_text(json.dumps(vector))
        self.assertEqual(subprocess.run([sys.executable, changed / "check.py"], capture_output=True, check=False).returncode, 1)

    def test_graphs_load_in_programs_of_cpp(self):
        (library,) = (Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so.*")
        folders = [FOLDER / run / "export/onnx" for run in (*SCORED, *LOSSES)]
        command = [os.environ["EDDY_ONNX_RUNTIME"], library, *folders]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("128 events"), len(folders))

    def test_flows_are_inverted_and_normalised(self):
        for run in ("conrad", "lacathode", "affine"):
            with self.subTest(run=run):
                forward, inverse = session(run, "flow_0.onnx"), session(run, "flow_0.sample.onnx")
                contexts = [one.name for one in inverse.get_inputs() if one.name != "latent"]
                rng = np.random.default_rng(3)
                n = 20_000
                inputs = {name: np.full((n, 1), 800.0 if run == "conrad" else 3500.0, "f4") for name in contexts}
                z = rng.normal(size=(n, 2)).astype("f4")
                (x,) = inverse.run(["features"], {"latent": z, **inputs})
                names = [one["name"] for one in json.loads((FOLDER / run / "result.json").read_text())["setup"]["features"]]
                columns = {name: x[:, i : i + 1] for i, name in enumerate(names)}
                if run == "conrad":  # whose second feature is a derived column
                    self.assertEqual({one.name for one in forward.get_inputs()}, {"m", "t", "met"})
                    columns["t"] = columns["m"] / columns.pop("ratio")
                log_prob, latent = forward.run(["log_prob", "latent"], {**columns, **inputs})
                inside = np.all(np.abs(z) < 2.5, axis=1)  # beyond, features are clipped to the range of the training
                self.assertLess(np.quantile(np.abs(latent - z)[inside], 0.99), 2e-3)
                # The density of the sample: E[u / p] over samples is the area that u covers, for u uniform in a box.
                low, high = np.quantile(x, 0.3, axis=0), np.quantile(x, 0.7, axis=0)
                box = np.all((x > low) & (x < high), axis=1)
                area = np.mean(box / np.exp(log_prob.astype("f8")))
                self.assertAlmostEqual(area / np.prod((high - low).astype("f8")), 1, delta=0.05)


if __name__ == "__main__":
    unittest.main()
