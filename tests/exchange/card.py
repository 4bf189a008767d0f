"""What combine reads in a datacard, and what it refuses: for the judges of eddy's cards."""

import json
import math
import re

import uproot

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")


class Card:
    """A card, read line by line with the rules of combine's text2workspace: Card.errors are what it would refuse. Of one with
    shapes, `folder` has the ROOT file; its bins are then those of the histograms, NAME_1, NAME_2, ... of each channel."""

    def __init__(self, text, folder=None):
        self.errors, self.header, self.lines = [], {}, {}
        self.shapes, self.histograms = [], {}
        self.sizes, self.pulls, self.free, self.rates = {}, {}, {}, {}
        rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith(("#", "---"))]
        for words in rows:
            self.read(words)
        bins = self.lines["bin"][0]
        self.observed = dict(zip(bins, map(float, self.lines["observation"][0])))
        columns, processes, numbers = self.lines["bin"][1], self.lines["process"][0], self.lines["process"][1]
        rates = self.lines["rate"][0]
        self.columns = list(zip(columns, processes, map(int, numbers), map(float, rates)))
        self.check(bins, columns, processes, numbers, rates)
        if self.shapes:
            self.read_histograms(bins, folder)

    def read(self, words):
        key = words[0]
        if key in ("imax", "jmax", "kmax"):
            self.header[key] = words[1]
        elif key in ("bin", "observation", "process", "rate"):
            self.lines.setdefault(key, []).append(words[1:])
        elif key == "shapes":
            self.shapes.append(words[1:])
        elif words[1] == "lnN":
            self.sizes[key] = words[2:]
        elif words[1] == "param":
            self.pulls[key] = tuple(map(float, words[2:4]))
        elif words[1] == "extArg":
            low, high = json.loads(words[3])
            self.free[key] = (float(words[2]), low, high)
        elif words[1] == "rateParam":
            self.rates[(words[2], words[3])] = (words[4], words[5].split(","))
            if len(words) != 6:
                self.errors.append(f"{key}: a formula and its arguments must be two words")
        else:
            self.errors.append(f"unknown line {key} {words[1]}")

    def check(self, bins, columns, processes, numbers, rates):
        if self.header.get("imax") != str(len(bins)) or len(set(bins)) != len(bins):
            self.errors.append("imax is not the number of bins")
        if self.header.get("jmax") != str(len(set(processes)) - 1):
            self.errors.append("jmax is not the number of processes minus 1")
        if not len(columns) == len(processes) == len(numbers) == len(rates):
            self.errors.append("lines of processes have different lengths")
        if set(columns) != set(bins):
            self.errors.append("a bin without processes, or the other way round")
        if len(set(zip(processes, numbers))) != len(set(processes)) or len(set(numbers)) != len(set(processes)):
            self.errors.append("a process has two numbers, or a number two processes")
        if any((int(number) <= 0) != process.startswith("signal") for process, number in zip(processes, numbers)):
            self.errors.append("signal must have a number of 0 or less, background more")
        if any(float(rate) < 0 for rate in rates if not (self.shapes and float(rate) == -1)):
            self.errors.append("a rate is negative")
        if any(
            len(cells) != len(columns) or any(cell != "-" and float(cell) <= 0 for cell in cells) for cells in self.sizes.values()
        ):
            self.errors.append("a lnN has not one cell above 0 or '-' for each process")
        names = [*bins, *processes, *self.sizes, *self.pulls, *self.free]
        self.errors += [f"{name} is no name" for name in names if not NAME.match(name)]
        for place, (formula, arguments) in self.rates.items():
            used = {int(number) for number in re.findall(r"@(\d+)", formula)}
            if used != set(range(len(arguments))):
                self.errors.append(f"{place}: @ and arguments differ")
            if not set(arguments) <= set(self.pulls) | set(self.free):
                self.errors.append(f"{place}: an argument is defined nowhere")
            if place not in {column[:2] for column in self.columns}:
                self.errors.append(f"{place} is no process of the card")

    def read_histograms(self, bins, folder):
        """What text2workspace reads for each channel, and the rules for it: one binning, no negative events, rates of -1."""
        (process, channel, file, pattern), *more = self.shapes
        if (process, channel, more) != ("*", "*", []) or any(rate != -1 for *_, rate in self.columns):
            self.errors.append("shapes of some processes only")
        root = uproot.open(folder / file)
        counts = {}
        for name in bins:
            wanted = ["data_obs", *(column[1] for column in self.columns if column[0] == name)]
            paths = [pattern.replace("$CHANNEL", name).replace("$PROCESS", one) for one in wanted]
            read = {one: root[path].to_numpy() for one, path in zip(wanted, paths)}
            if len({tuple(edges) for _, edges in read.values()}) != 1:
                self.errors.append(f"{name} has histograms of different bins")
            if any((values < 0).any() for values, _ in read.values()) or self.observed[name] != -1:
                self.errors.append(f"{name} has negative events, or an observation beside its histogram")
            counts |= self.by_bin(name, read["data_obs"][0])
            self.histograms |= {(name, one): values for one, (values, _) in read.items()}
        self.observed = counts

    @staticmethod
    def by_bin(name, values):
        return {name if len(values) == 1 else f"{name}_{i + 1}": float(value) for i, value in enumerate(values)}

    def means(self, r, values):
        means = dict.fromkeys(self.observed, 0.0)
        for i, (name, process, _, rate) in enumerate(self.columns):
            mean = (1 if self.shapes else rate) * (r if process.startswith("signal") else 1)
            for nuisance, cells in self.sizes.items():
                mean *= 1 if cells[i] == "-" else float(cells[i]) ** values.get(nuisance, 0)
            if (name, process) in self.rates:
                formula, arguments = self.rates[(name, process)]
                expression = re.sub(r"@(\d+)", lambda match: f"v[{match[1]}]", formula)
                mean *= eval(expression, {"exp": math.exp, "sqrt": math.sqrt, "v": [values[one] for one in arguments]})
            events = self.by_bin(name, self.histograms[(name, process)]) if self.shapes else {name: 1.0}
            for bin_name, n in events.items():
                means[bin_name] += n * mean
        return means
