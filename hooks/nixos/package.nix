# SPDX-License-Identifier: GPL-2.0-or-later
#
# The program as a Nix package, from this tree. libkmod's source is the one that early/kmod/fetch.sh pins.
# It knows where nixpkgs keeps musl-gcc and the kernel's headers; what is built is the Makefile's.
{
  lib,
  stdenv,
  fetchurl,
  musl,
  linuxHeaders,
  xz,
}:

let
  makefile = builtins.readFile ../../Makefile;
  variable = name: builtins.head (builtins.match ".*\n${name} +:= ([0-9.]+)\n.*" makefile);
  kmodVersion = variable "KMOD_VERSION";
  kmod = fetchurl {
    url = "mirror://debian/pool/main/k/kmod/kmod_${kmodVersion}.orig.tar.xz";
    sha256 = builtins.head (
      builtins.match ".*\nsha256=([0-9a-f]+)\n.*" (builtins.readFile ../../early/kmod/fetch.sh)
    );
  };
in
stdenv.mkDerivation {
  pname = "vfio-early";
  version = variable "VERSION";
  src = lib.cleanSource ../..;
  nativeBuildInputs = [ xz ];

  postPatch = "patchShebangs early installers";

  # There is no /usr/include: the links that early/toolchain/headers.sh would make.
  preBuild = ''
    rm -rf build
    mkdir -p kmod build/headers
    tar -xJf ${kmod} -C kmod --strip-components=1
    for each in linux asm asm-generic; do ln -s ${linuxHeaders}/include/$each build/headers/$each; done
    touch build/headers/.done
  '';
  makeFlags = [
    "KMOD_SRC=kmod"
    "CFLAGS=-Os"
    "MUSL_CC=${lib.getDev musl}/bin/musl-gcc"
  ];
  hardeningDisable = [ "all" ]; # static, at a fixed address, for size

  installPhase = ''installers/files.sh install "" "$out"'';

  meta = {
    description = "Claim PCI devices for vfio-pci in the initramfs, by whole IOMMU groups";
    license = lib.licenses.gpl2Plus;
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
    mainProgram = "vfio-early";
  };
}
