# SPDX-License-Identifier: GPL-2.0-or-later
#
# Evaluates the NixOS module without nixpkgs: a stand-in for the few functions of its library that the module uses.
# With `systemd` it is the systemd stage 1. What comes out is the options that the module sets.
{ systemd }:

let
  lib = {
    mkEnableOption = description: { inherit description; };
    mkOption = option: option;
    mkIf = condition: value: if condition then value else { };
    mkMerge = builtins.foldl' merge { };
    getDev = package: package;
    cleanSource = path: "/source";
    concatStrings = builtins.concatStringsSep "";
    optionalString = condition: text: if condition then text else "";
    mapAttrsToList = function: set: map (name: function name set.${name}) (builtins.attrNames set);
    types = {
      package = "package";
      lines = "lines";
      str = "str";
      listOf = type: [ type ];
    };
    licenses.gpl2Plus = "GPL-2.0-or-later";
  };
  merge =
    a: b:
    a
    // builtins.mapAttrs (
      name: value: if builtins.isAttrs value && builtins.isAttrs (a.${name} or null) then merge a.${name} value else value
    ) b;
  pkgs = {
    writeText = name: text: if name == "vfio-early.manifest" then text else "/store/${name}";
    makeModulesClosure = arguments: "/store/modules";
    runCommand = name: arguments: script: "/store/${name}";
    cpio = "/store/cpio";
    callPackage = path: arguments: package;
  };
  package = import ../../hooks/nixos/package.nix {
    inherit lib;
    stdenv.mkDerivation = arguments: arguments;
    fetchurl = arguments: arguments.url + " " + arguments.sha256;
    musl = "/store/musl";
    linuxHeaders = "/store/headers";
    xz = "/store/xz";
  };
  module = import ../../hooks/nixos/module.nix {
    inherit lib pkgs;
    config = {
      boot.vfio-early = {
        enable = true;
        package = "/store/vfio-early";
        policy = "claim group=1";
        modules = module.options.boot.vfio-early.modules.default;
      };
      boot.initrd.systemd = {
        enable = systemd;
        package = "/store/systemd";
      };
      users.users = {
        ann.uid = 1000;
        bob.uid = null;
      };
      users.groups.kvm.gid = 302;
      system.modulesTree = "/store/tree";
      hardware.firmware = "/store/firmware";
    };
  };
in
module.config // { package = { inherit (package) version makeFlags preBuild; }; }
