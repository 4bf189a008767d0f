"""Files at addresses: servers that hand out parts of files and those that do not, and what cannot be read from there."""

from __future__ import annotations

import functools
import http.server
import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import make_events, quick_search

import eddy

uproot = pytest.importorskip("uproot")
pytest.importorskip("aiohttp")
parquet = pytest.importorskip("pyarrow.parquet")
pyarrow = pytest.importorskip("pyarrow")
EVENTS = make_events(3000, 100)


class Whole(http.server.SimpleHTTPRequestHandler):
    """`python -m http.server`: hands out whole files alone."""

    parts = 0

    def log_message(self, *_):
        pass


class Parts(Whole):
    """Hands out parts, as servers of experiments do."""

    def do_GET(self):
        wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if not wanted or not path.is_file():
            return super().do_GET()
        content = path.read_bytes()
        part = content[int(wanted[1]) : int(wanted[2]) + 1]
        type(self).parts += 1
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.send_header("Content-Range", f"bytes {wanted[1]}-{int(wanted[1]) + len(part) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(part)
        return None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    for name in ("data.root", "part-1.root", "part-2.root"):
        with uproot.recreate(folder / name) as file:
            file.mktree("events", {column: values.dtype for column, values in EVENTS.items()})
            file["events"].extend(EVENTS)
    parquet.write_table(pyarrow.table(EVENTS), folder / "data.parquet")
    return folder


@pytest.fixture(scope="module", params=[Whole, Parts])
def server(folder, request):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(request.param, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
    assert request.param is Whole or Parts.parts > 0


def test_remote_files_give_the_numbers_of_local_ones(server, folder, tmp_path):
    expected = quick_search(folder / "data.root").run(tmp_path / "local").working_points
    for i, place in enumerate((f"{server}/data.root:events", f"{server}/data.root?token=1:events", f"{server}/data.parquet")):
        run = quick_search(place).run(tmp_path / str(i))
        assert run.working_points == expected
        assert len(list((run.path / "events").glob("data-*.h5"))) == 1, "the command line goes on without the server"
    np.testing.assert_array_equal(run.score(f"{server}/data.root")["score"], run.score(EVENTS)["score"])


def test_patterns_find_what_the_server_lists(server, folder, tmp_path):
    eddy.convert(f"{server}/part-*.root:events", tmp_path / "both.h5", columns=["event"])
    both = eddy._eddy.read_events(str(tmp_path / "both.h5"), "", [])["event"][1]
    np.testing.assert_array_equal(both, np.tile(EVENTS["event"], 2))


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("{}/none.root:events", "none.root' cannot be read: .*404.*; check the address, or copy the file here first"),
        ("{}/none.parquet", "none.parquet' cannot be read: .*404.*; check the address, or copy the file here first"),
        ("{}/none-*.root:events", "there are no files .*none-"),
        ("{}/data.root:event", "has no tree 'event'; did you mean 'events'"),
        ("{}/data.h5:events", "is an address, and of those only files named .root, .parquet and .pq are read; copy"),
        ("http://127.0.0.1:1/data.root:events", "cannot be read: Cannot connect to host .*; check the address"),
    ],
)
def test_what_is_not_there_is_a_sentence(server, tmp_path, place, sentence):
    with pytest.raises(eddy.EddyError, match=sentence) as error:
        quick_search(place.format(server)).run(tmp_path / "run")
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("place", ["s3://bucket/data.root:events", "sftp://127.0.0.1/data.parquet"])
def test_a_protocol_without_its_library_is_a_sentence(monkeypatch, tmp_path, place):
    for name in ("s3fs", "paramiko"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(eddy.FileError, match="data.* cannot be read: .*; install that, or copy the file here first"):
        quick_search(place).run(tmp_path / "run")
