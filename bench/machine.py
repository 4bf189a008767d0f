"""What numbers of speed mean nothing without: the machine they were taken on."""

import os
import platform
import time
from pathlib import Path


def cpu_model() -> str:
    """The name in /proc/cpuinfo, or the architecture where there is none."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    families = [line.split(":", 1)[1].strip() for line in lines if line.startswith(("cpu family", "model\t"))]
    return f"{names[0]} (family {families[0]}, model {families[1]})" if names else platform.machine()


def load_average() -> str:
    """Over 1, 5 and 15 minutes; above 1 before a run of one thread, other jobs were running."""
    return ", ".join(f"{load:.1f}" for load in os.getloadavg())


def describe_machine() -> dict[str, str]:
    return {"processor": cpu_model(), "cores": str(os.cpu_count()), "date": time.strftime("%Y-%m-%d"),
            "load average before": load_average()}
