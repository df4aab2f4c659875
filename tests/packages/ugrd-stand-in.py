# SPDX-License-Identifier: GPL-2.0-or-later
"""ugrd-stand-in.py BINARY KERNEL: runs our UGRD module with a stand-in for UGRD's configuration.

Prints what it put into the image, one item a line, then a line `--`, then the shell lines for init. It knows the three
things of UGRD that our module uses: a list parameter grows by assignment, _write makes a file in the image of lines, and
imports name functions.
"""

import importlib.util
import logging
import sys
import tomllib

HOOK = "hooks/ugrd/vfio_early"


class Generator(dict):
    """UGRD's lists: an assignment appends."""

    logger = logging.getLogger()
    added = []

    def __setitem__(self, key, value):
        self.added.append(f"{key} {value}")

    def _write(self, name, lines):
        self.added += [f"{name}: {line}" for line in lines]


def main(binary, kernel):
    with open(f"{HOOK}.toml", "rb") as file:
        config = tomllib.load(file)
    spec = importlib.util.spec_from_file_location("vfio_early", f"{HOOK}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert config["_module_name"] == module._module_name
    module._binary = lambda: binary
    generator = Generator(kernel_version=kernel)
    functions = {hook: getattr(module, names["vfio_early"][0]) for hook, names in config["imports"].items()}
    for order in config["import_order"].values():
        assert all(name in dir(module) for name in order)
    functions["build_enum"](generator)
    functions["build_late"](generator)
    print("\n".join(generator.added), "--", "\n".join(functions["init_pre"](generator)), sep="\n")


main(*sys.argv[1:])
