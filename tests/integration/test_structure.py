# SPDX-License-Identifier: GPL-2.0-or-later
"""The structure of src/ is what its table says, and what breaks it is found."""
import importlib.util
import subprocess

import pytest
from project import BUILD, ROOT

spec = importlib.util.spec_from_file_location("structure", ROOT / "tests" / "lint" / "structure.py")
structure = importlib.util.module_from_spec(spec)
spec.loader.exec_module(structure)

CLASS_OF_21 = "class Large {\n public:\n" + "".join(f"  void Method{i}();\n" for i in range(21)) + "};\n"


def test_src_is_as_the_table_says():
    assert structure.findings() == []


@pytest.mark.parametrize("path, text, finding", [
    ("http/client.cc", '#include "elasticsearch/x.h"\n', "includes elasticsearch/, which http/ may not"),
    ("supervise/loop.cc", '  #  include "worker/x.h"\n', "includes worker/, which supervise/ may not"),
    ("worker/job.cc", "#include <curl/curl.h>\n", "includes <curl/…>, which worker/ may not"),
    ("supervise/a.h", "#include <epan/packet.h>\n", "includes <epan/…>, which supervise/ may not"),
    ("new_folder/a.h", "", "is not in the table of edges"),
    ("base/long.cc", "\n" * 401, "has 401 lines, more than 400"),
    ("sink/large.h", CLASS_OF_21, "Large has 21 methods, more than 20"),
])
def test_what_breaks_it_is_found(path, text, finding, tmp_path):
    file = tmp_path / "src" / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    (found,) = structure.findings(tmp_path)
    assert finding in found


@pytest.mark.parametrize("path, text", [
    ("http/client.cc", '#include "base/x.h"\n#include "espcap/result.h"\n#include "http/y.h"\n'),
    ("app/main.cc", '#include "worker/x.h"\n#include "http/x.h"\n'),
    ("base/long.cc", "\n" * 400),
    ("sink/large.h", CLASS_OF_21.replace("  void Method0();\n", "  Large(const Large&) = delete;\n"
                                         "  struct Part { void A(); void B(); };\n  int member_ = 0;\n")),
])
def test_what_keeps_to_it_is_not(path, text, tmp_path):
    file = tmp_path / "src" / path
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert structure.findings(tmp_path) == []


@pytest.mark.parametrize("folder, prefix", [("worker", "curl_"), ("supervise", "epan_"),
                                            ("supervise", "curl_"), ("sink", "curl_"),
                                            ("worker", "rd_kafka_"), ("supervise", "rd_kafka_")])
def test_a_library_needs_no_symbol_of_what_its_folder_must_not_know(folder, prefix):
    symbols = subprocess.run(["nm", "--undefined-only", BUILD / "src" / f"libespcap_{folder}.a"],
                             check=True, capture_output=True, text=True).stdout.split()
    assert [name for name in symbols if name.startswith(prefix)] == []
    assert len(symbols) > 100
