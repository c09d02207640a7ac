# SPDX-License-Identifier: GPL-2.0-or-later
"""Libraries that tests preload (LD_PRELOAD), from the .c files next to this one."""
import pathlib
import subprocess


def build(name, folder):
    """The library's path, in `folder`."""
    library = folder / f"{name}.so"
    source = pathlib.Path(__file__).with_name(f"{name}.c")
    headers = subprocess.run(["pkg-config", "--cflags", "wireshark"], check=True, capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", *headers, "-o", library, source, "-ldl"], check=True)
    return library
