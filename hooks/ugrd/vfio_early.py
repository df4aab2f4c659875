# SPDX-License-Identifier: GPL-2.0-or-later
"""UGRD module: vfio-early, its policy and its modules go into the image, and it runs first.

It asks `vfio-early manifest` for the list and must not know any of it. What runs when is in vfio_early.toml.
"""

from shutil import which
from subprocess import run

_module_name = "vfio_early"


def _binary():
    return which("vfio-early", path="/usr/local/sbin:/usr/sbin:/sbin")


def _manifest(self):
    """The lines for the kernel of this image."""
    command = [_binary(), "manifest", "--kernel", self["kernel_version"]]
    manifest = run(command, capture_output=True, text=True, check=False)
    if manifest.returncode:
        self.logger.error("vfio-early manifest: exit status %d: %s", manifest.returncode, manifest.stderr.strip())
    return manifest.stdout.splitlines()


def vfio_early_files(self):
    """Adds what the manifest lists."""
    if not _binary():
        raise FileNotFoundError("no vfio-early in /usr/local/sbin or /usr/sbin")
    self["dependencies"] = _binary()
    for line in _manifest(self):
        kind, value = line.split(" ", 1)
        if kind == "module":
            self["kernel_modules"] = value
        elif kind == "policy":
            self["dependencies"] = value


def vfio_early_list(self):
    """The list itself stays in the image: a boot has no names of users and groups."""
    self._write("/etc/vfio-early.manifest", _manifest(self))


def vfio_early_claim(self):
    """Shell lines for init. Status 6 stops the boot, and the mark of a rule with on-failure=stop left unfinished."""
    return [
        f"{_binary()} claim",
        "[ $? -eq 6 ] || [ -e /run/vfio-early/stop ] || return 0",
        "while :; do",
        "    rd_fail 'vfio-early: a rule with on-failure=stop was not carried out, the boot stops here'",
        "    sleep 1",
        "done",
    ]
