"""A real Slurm of two simulated nodes on this machine: munged, slurmctld and two slurmd with everything in one folder."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol", "scancel", "sinfo")

CONFIG = """
ClusterName=eddytest
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
KillWait=5
MaxArraySize=101
SchedulerParameters=bf_interval=1,default_queue_depth=100
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
NodeName=a NodeHostname={host} NodeAddr=127.0.0.1 Port={port_a} CPUs=2 State=UNKNOWN
NodeName=b NodeHostname={host} NodeAddr=127.0.0.1 Port={port_b} CPUs=2 State=UNKNOWN
PartitionName=all Nodes=a,b Default=YES State=UP
"""


def why_not():
    """Why this machine cannot have a cluster; empty where it can."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=path_with_daemons()) is None]
    if missing:
        return f"{', '.join(missing)} of the Debian packages slurm-wlm and munge are missing (./dev batch installs them)"
    return "" if os.geteuid() == 0 else "the daemons of Slurm need root"


def path_with_daemons():
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def free_ports(n):
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Cluster:
    """Starts with the object, ends with close(), which stops what was started and nothing else."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.processes = []
        for name in ("munge", "state", "spool-a", "spool-b"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "munge").chmod(0o755)
        port, port_a, port_b = free_ports(3)
        host = subprocess.run(["hostname", "-s"], capture_output=True, text=True, check=True).stdout.strip()
        (self.folder / "slurm.conf").write_text(
            CONFIG.format(host=host, folder=self.folder, port=port, port_a=port_a, port_b=port_b)
        )
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        self.environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": path_with_daemons()}
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self):
        munge = self.folder / "munge"
        key = munge / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        self.begin(
            "munged",
            "--foreground",
            "--force",
            f"--socket={munge}/socket",
            f"--key-file={key}",
            f"--pid-file={munge}/pid",
            f"--log-file={munge}/log",
            f"--seed-file={munge}/seed",
        )
        self.wait(lambda: (munge / "socket").exists(), "munged")
        self.begin("slurmctld", "-D")
        self.wait(lambda: self.says("scontrol", "ping").returncode == 0, "slurmctld")
        for node in "ab":
            self.begin("slurmd", "-D", "-N", node)
        self.wait(lambda: self.states() == {"a": "idle", "b": "idle"}, "the nodes")

    def begin(self, *command):
        log = open(self.folder / f"{command[0]}-{len(self.processes)}.out", "w")
        self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
        log.close()

    def wait(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                logs = "\n".join(
                    f"{path.name}: {path.read_text(errors='replace')[-600:]}" for path in sorted(self.folder.glob("*.log"))
                )
                raise RuntimeError(f"{what} did not come up within {seconds} s\n{logs}")
            time.sleep(0.2)

    def says(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)

    def states(self):
        lines = self.says("sinfo", "-N", "-h", "-o", "%N %t").stdout.split("\n")
        return dict(line.split() for line in lines if line)

    def set_node(self, node, state):
        done = self.says("scontrol", "update", f"nodename={node}", f"state={state}", "reason=test")
        if done.returncode != 0:
            raise RuntimeError(done.stderr)

    def queue(self):
        """Per process in the queue: number and state."""
        return dict(line.split() for line in self.says("squeue", "-h", "-r", "-o", "%i %T").stdout.split("\n") if line)

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
