"""Kernels compiled for one instruction set stay apart from those of another, and from everything else.

A function that two object files define weakly is kept once by the linker, whichever it meets first: were an inline
function of the standard library emitted with AVX-512 instructions, other processors would stop at it. So the kernel
objects may define weak symbols in their own namespace only. They are not compiled with -ffast-math either, which breaks
NaN checks.
"""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path

BUILD = Path(sys.argv.pop())
TARGETS = ("baseline", "avx2", "avx512")


def kernel_objects(target):
    return sorted(BUILD.glob(f"src/eddy/*/CMakeFiles/eddy_*_{target}.dir/**/*.o"))


def weak_symbols(path):
    """Demangled names of what an object file defines weakly, data included."""
    listing = subprocess.run(["nm", "-C", "--defined-only", path], capture_output=True, text=True, check=True).stdout
    return [line.split(maxsplit=2)[2] for line in listing.splitlines() if line.split()[1] in "WwVvu"]


class KernelSymbols(unittest.TestCase):
    def test_weak_symbols_carry_their_instruction_set(self):
        for target in TARGETS:
            objects = kernel_objects(target)
            self.assertEqual({path.name for path in objects}, {"kernels.cpp.o", "transform_kernels.cpp.o"}, target)
            for path in objects:
                for symbol in weak_symbols(path):
                    self.assertIn(f"::{target}::", symbol, f"{path} defines {symbol}")

    def test_the_wide_ones_use_wide_registers(self):
        for target, register in (("avx2", "%ymm"), ("avx512", "%zmm")):
            for path in kernel_objects(target):
                code = subprocess.run(["objdump", "-d", path], capture_output=True, text=True, check=True).stdout
                self.assertIn(register, code, path)
        for path in kernel_objects("baseline"):
            code = subprocess.run(["objdump", "-d", path], capture_output=True, text=True, check=True).stdout
            self.assertNotRegex(code, "%ymm|%zmm", path)


class CompileCommands(unittest.TestCase):
    def test_only_kernels_are_compiled_for_one_processor_and_nothing_with_fast_math(self):
        commands = json.loads((BUILD / "compile_commands.json").read_text())
        self.assertGreater(len(commands), 50)
        for entry in commands:
            self.assertNotRegex(entry["command"], r"-ffast-math|-Ofast|-funsafe-math|-ffinite-math", entry["file"])
            if not re.search(r"/kernels/", entry["file"]):
                self.assertNotRegex(entry["command"], r"-march|-mavx", entry["file"])


if __name__ == "__main__":
    unittest.main()
