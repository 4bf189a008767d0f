#!/usr/bin/python3
"""Laws that the PyTorch flows must obey before anything is compared with them, and that the golden files are theirs.

usage: test_flows.py
"""

import json
import math
import unittest
from pathlib import Path

import torch

import make_reference
import reference_file
from flows import (BatchNorm, Conditioner, Flow, FlowShape, affine, hidden_degrees, identity_derivative,
                   make_classifier, rational_quadratic_spline)

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "data" / "pytorch"
SHAPES = {
    "spline": FlowShape(transform="rqs", features=3, context=1, layers=4, hidden=24, blocks=2),
    "spline of one feature": FlowShape(transform="rqs", features=1, context=1, layers=2, hidden=16, blocks=1),
    "spline without context": FlowShape(transform="rqs", features=2, context=0, layers=2, hidden=16, blocks=2),
    "affine": FlowShape(transform="affine", features=5, context=2, layers=3, hidden=24, blocks=2),
    "batch norm": FlowShape(transform="affine", features=4, context=1, layers=5, hidden=24, blocks=1, batch_norm=True),
}


def make(name: str, seed: int = 1):
    """A flow far from the identity, in double precision, with inputs; some features lie beyond the spline's box."""
    generator = torch.Generator().manual_seed(seed)
    flow = make_reference.make_flow(SHAPES[name], generator)
    x, context = make_reference.draw_inputs(SHAPES[name], 50, generator)
    return flow, x, context


class TransformLaws(unittest.TestCase):
    def test_spline_goes_there_and_back(self):
        parameters = 2 * torch.randn(400, 23, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
        x = torch.linspace(-6, 6, 400, dtype=torch.float64)
        y, log_slope = rational_quadratic_spline(x, parameters, 5.0)
        back, log_slope_inverse = rational_quadratic_spline(y, parameters, 5.0, inverse=True)
        # Slopes down to 1e-3 magnify rounding errors of 1e-15.
        self.assertLess((back - x).abs().max(), 1e-10)
        self.assertLess((log_slope + log_slope_inverse).abs().max(), 1e-8)
        self.assertTrue(torch.equal(y[x.abs() > 5], x[x.abs() > 5]))

    def test_spline_slope_is_its_derivative(self):
        parameters = torch.randn(200, 23, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
        x = torch.linspace(-5.5, 5.5, 200, dtype=torch.float64).requires_grad_()
        y, log_slope = rational_quadratic_spline(x, parameters, 5.0)
        (derivative,) = torch.autograd.grad(y.sum(), x)
        self.assertLess((derivative.log() - log_slope).abs().max(), 1e-10)

    def test_spline_is_continuous_at_its_knots_and_at_the_box(self):
        parameters = torch.randn(23, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
        x = torch.linspace(-5.2, 5.2, 200001, dtype=torch.float64)
        y, log_slope = rational_quadratic_spline(x, parameters.expand(len(x), -1), 5.0)
        self.assertGreater((y[1:] - y[:-1]).min(), 0)
        # Steps of 5e-5, within which the log slope changes by 0.01; a jump at a knot would be of order 1.
        self.assertLess((log_slope[1:] - log_slope[:-1]).abs().max(), 0.05)

    def test_flat_parameters_give_the_identity(self):
        parameters = torch.zeros(11, 23, dtype=torch.float64)
        parameters[:, 16:] = identity_derivative()
        x = torch.linspace(-6, 6, 11, dtype=torch.float64)
        y, log_slope = rational_quadratic_spline(x, parameters, 5.0)
        self.assertLess((y - x).abs().max(), 1e-14)
        self.assertLess(log_slope.abs().max(), 1e-14)

    def test_gradients_of_the_transforms(self):
        generator = torch.Generator().manual_seed(4)
        x = (3 * torch.randn(20, generator=generator, dtype=torch.float64)).requires_grad_()
        spline = torch.randn(20, 23, generator=generator, dtype=torch.float64).requires_grad_()
        scale_shift = torch.randn(20, 2, generator=generator, dtype=torch.float64).requires_grad_()
        self.assertTrue(torch.autograd.gradcheck(lambda a, b: rational_quadratic_spline(a, b, 5.0), (x, spline)))
        self.assertTrue(torch.autograd.gradcheck(affine, (x, scale_shift)))

    def test_affine_goes_there_and_back(self):
        generator = torch.Generator().manual_seed(5)
        x = torch.randn(50, generator=generator, dtype=torch.float64)
        parameters = 4 * torch.randn(50, 2, generator=generator, dtype=torch.float64)
        y, log_scale = affine(x, parameters)
        back, _ = affine(y, parameters, inverse=True)
        self.assertLess((back - x).abs().max(), 1e-11)  # scales between e^-5 and e^5
        self.assertLess(log_scale.abs().max(), 5)


class BatchNormLaws(unittest.TestCase):
    def test_training_normalises_the_batch(self):
        norm = BatchNorm(3).double()
        x = 2 + 3 * torch.randn(500, 3, generator=torch.Generator().manual_seed(6), dtype=torch.float64)
        y, log_jacobian = norm(x)
        self.assertLess(y.mean(dim=0).abs().max(), 1e-12)
        self.assertLess((y.var(dim=0, unbiased=False) - 1).abs().max(), 1e-5)  # epsilon / variance = 1e-6
        self.assertAlmostEqual(log_jacobian.item(), -0.5 * torch.log(x.var(dim=0, unbiased=False) + 1e-5).sum().item())

    def test_evaluation_uses_what_training_stored(self):
        norm = BatchNorm(2).double()
        x = 1 + torch.randn(64, 2, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
        in_training, _ = norm(x)
        in_evaluation, _ = norm.eval()(x)
        self.assertTrue(torch.allclose(in_training, in_evaluation, rtol=0, atol=1e-14))
        self.assertLess((norm.inverse(in_evaluation) - x).abs().max(), 1e-13)


class ConditionerLaws(unittest.TestCase):
    def test_hidden_units_are_shared_out_as_in_eddy(self):
        self.assertEqual([hidden_degrees(64, 3).count(g) for g in range(3)], [16, 16, 32])
        self.assertEqual([hidden_degrees(128, 5).count(g) for g in range(5)], [16, 16, 32, 32, 32])
        self.assertEqual([hidden_degrees(32, 3).count(g) for g in range(3)], [10, 11, 11])
        self.assertEqual([hidden_degrees(70, 3).count(g) for g in range(3)], [16, 22, 32])

    def test_outputs_see_context_and_earlier_features_only(self):
        shape = SHAPES["spline"]
        conditioner = Conditioner(shape).double()
        with torch.no_grad():
            for linear in conditioner.linear:
                linear.weight.fill_(0.1)
        jacobian = torch.autograd.functional.jacobian(conditioner, torch.full((4,), 0.3, dtype=torch.float64))
        for position in range(3):
            seen = (jacobian.view(3, 23, 4)[position] != 0).all(dim=0)
            self.assertEqual(seen.tolist(), [True] + [earlier < position for earlier in range(3)])


class FlowLaws(unittest.TestCase):
    def test_inverse_undoes_forward(self):
        for name in SHAPES:
            with self.subTest(name):
                flow, x, context = make(name)
                z, _ = flow(x, context)
                self.assertGreater((z - x).abs().max(), 0.5)  # not the identity
                self.assertLess((flow.inverse(z, context) - x).abs().max(), 1e-10)

    def test_log_jacobian_is_that_of_autograd(self):
        for name in SHAPES:
            with self.subTest(name):
                flow, x, context = make(name)
                _, log_jacobian = flow(x, context)
                for i in range(10):
                    jacobian = torch.autograd.functional.jacobian(
                        lambda u, i=i: flow(u[None], context[i:i + 1])[0][0], x[i])
                    self.assertAlmostEqual(torch.slogdet(jacobian)[1].item(), log_jacobian[i].item(), places=9)

    def test_jacobian_of_a_layer_is_triangular_in_its_order(self):
        flow, x, context = make("spline")
        for layer in flow.layers:
            jacobian = torch.autograd.functional.jacobian(lambda u, f=layer: f(u[None], context[:1])[0][0], x[0])
            if layer.reversed_order:
                jacobian = jacobian.flip(0).flip(1)
            self.assertEqual(torch.triu(jacobian, diagonal=1).abs().max(), 0)
            self.assertGreater(torch.tril(jacobian, diagonal=-1).abs().max(), 0)

    def test_density_of_one_feature_integrates_to_one(self):
        flow, _, _ = make("spline of one feature")
        x = torch.linspace(-12, 12, 40001, dtype=torch.float64)[:, None]
        for context in (-1.0, 0.5):
            density = flow.log_prob(x, torch.full_like(x, context)).exp()
            integral = torch.trapezoid(density.detach(), x[:, 0]).item()
            self.assertAlmostEqual(integral, 1, places=6)  # kinks of the density at the knots: step^2 = 4e-7

    def test_gradient_agrees_with_finite_differences(self):
        step = 1e-6
        for name in SHAPES:
            with self.subTest(name):
                flow, x, context = make(name)
                flow.train()
                loss = -flow.log_prob(x, context).mean()
                loss.backward()
                for parameter in flow.parameters():
                    index = int(parameter.grad.abs().argmax())
                    expected = parameter.grad.view(-1)[index].item()
                    values = parameter.detach().view(-1)
                    middle = values[index].item()
                    ends = []
                    for sign in (-1, 1):
                        values[index] = middle + sign * step
                        ends.append(-flow.log_prob(x, context).mean().item())
                    values[index] = middle
                    # Rounding of the loss (1e-14 / step) and curvature (step^2).
                    self.assertLess(abs((ends[1] - ends[0]) / (2 * step) - expected), 1e-6 * max(1, abs(expected)))

    def test_fresh_flow_is_close_to_the_identity(self):
        torch.manual_seed(1)
        flow = Flow(SHAPES["spline"])
        x = torch.randn(100, 3)
        z, _ = flow(x, torch.randn(100, 1))
        self.assertLess((z - x).abs().max(), 0.1)

    def test_samples_follow_the_density(self):
        flow, _, _ = make("spline of one feature")
        torch.manual_seed(2)
        with torch.no_grad():
            n = 20000
            z, _ = flow(flow.sample(torch.zeros(n, 1, dtype=torch.float64)), torch.zeros(n, 1, dtype=torch.float64))
        self.assertLess(abs(z.mean().item()), 5 / math.sqrt(n))
        self.assertLess(abs(z.var().item() - 1), 5 * math.sqrt(2 / n))


class ClassifierLaws(unittest.TestCase):
    def test_shape(self):
        classifier = make_classifier(4)
        self.assertEqual(classifier(torch.zeros(7, 4)).shape, (7, 1))
        self.assertEqual(sum(p.numel() for p in classifier.parameters()), 4 * 64 + 64 + 2 * (64 * 64 + 64) + 65)


class GoldenFiles(unittest.TestCase):
    def test_they_are_what_these_flows_give(self):
        for name in make_reference.FLOWS:
            with self.subTest(name):
                content = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
                flow = reference_file.flow_from_dict(content)
                x, context = reference_file.inputs_from_dict(content)
                again = make_reference.evaluation(flow, x, context) | make_reference.training(flow, x, context)
                for key in ("log_prob", "z", "x_recovered"):
                    given, found = (torch.tensor(c[key], dtype=torch.float64) for c in (content, again))
                    self.assertTrue(torch.allclose(found, given, rtol=1e-9, atol=1e-9), key)
                self.assertAlmostEqual(again["training"]["loss"], content["training"]["loss"], places=9)
                for _, parameter, given in reference_file.named_tensors(flow, content["gradient"]["layers"]):
                    expected = torch.tensor(given, dtype=torch.float64)
                    self.assertLess((parameter.grad - expected).abs().max(), 1e-9 * max(1, expected.abs().max()))

    def test_numbers_are_exact_in_single_precision(self):
        for name in make_reference.FLOWS:
            content = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
            flow = reference_file.flow_from_dict(content)
            for values in [*reference_file.inputs_from_dict(content), *flow.parameters(), *flow.buffers()]:
                self.assertTrue(torch.equal(values.float().double(), values))


if __name__ == "__main__":
    torch.set_num_threads(1)
    unittest.main()
