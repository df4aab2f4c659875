# SPDX-License-Identifier: GPL-2.0-or-later
#
# NixOS module. With systemd in stage 1: the shared units of hooks/systemd. With the scripted stage 1, which loads
# forced modules before any of its hooks: the overlay, prepended to the image, and rdinit=, of one generation.
# It knows NixOS options; when the claim runs is said in the units.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.boot.vfio-early;
  systemd = config.boot.initrd.systemd;
  policy = pkgs.writeText "vfio-early.conf" cfg.policy;
  binary = "${cfg.package}/sbin/vfio-early";

  # A boot has no names: the numbers of those that have a fixed one, as lines of `vfio-early manifest`.
  numbers =
    kind: attribute: set:
    lib.concatStrings (
      lib.mapAttrsToList (
        name: one: lib.optionalString (one.${attribute} != null) "${kind} ${name} ${toString one.${attribute}}\n"
      ) set
    );
  manifest = pkgs.writeText "vfio-early.manifest" (
    numbers "user" "uid" config.users.users + numbers "group" "gid" config.users.groups
  );

  # Units name programs without a path; here they have only that of the store.
  unit =
    name:
    builtins.replaceStrings
      [ "ExecStopPost=-systemctl" "ExecStart=systemctl" ]
      [ "ExecStopPost=-${systemd.package}/bin/systemctl" "ExecStart=${systemd.package}/bin/systemctl" ]
      (builtins.readFile (../systemd + "/${name}"));

  modules = pkgs.makeModulesClosure {
    rootModules = cfg.modules;
    kernel = config.system.modulesTree;
    firmware = config.hardware.firmware;
    allowMissing = false;
  };

  overlay = pkgs.runCommand "vfio-early-overlay" { nativeBuildInputs = [ pkgs.cpio ]; } ''
    mkdir -p root/vfio-early/etc
    cp ${binary} root/vfio-early/init
    cp ${policy} root/vfio-early/etc/vfio-early.conf
    cp ${manifest} root/vfio-early/etc/vfio-early.manifest
    cp -rL ${modules}/lib root/vfio-early/lib
    chmod -R u+w root
    find root -exec touch -h -d @1 {} +
    (cd root && find vfio-early | LC_ALL=C sort | cpio -o -H newc --reproducible -R 0:0 --quiet) >$out
  '';
in
{
  options.boot.vfio-early = {
    enable = lib.mkEnableOption "claiming PCI devices for vfio-pci in the initramfs";
    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ./package.nix { };
      description = "The package that holds sbin/vfio-early.";
    };
    policy = lib.mkOption {
      type = lib.types.lines;
      default = "";
      example = "claim device=0000:01:00.0 expect=10de:13c2,10de:0fbb";
      description = "The policy, see vfio-early.conf(5).";
    };
    modules = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [
        "vfio_pci"
        "vfio_iommu_type1"
      ];
      description = "The modules of `vfio-early manifest`: those two, each variant driver that a rule names, kvmfr.";
    };
  };

  config = lib.mkIf cfg.enable (
    lib.mkMerge [
      { environment.etc."vfio-early.conf".source = policy; }
      (lib.mkIf systemd.enable {
        boot.initrd.availableKernelModules = cfg.modules;
        boot.initrd.systemd = {
          storePaths = [ "${systemd.package}/bin/systemctl" ];
          contents = {
            "/usr/sbin/vfio-early".source = binary;
            "/etc/vfio-early.conf".source = policy;
            "/etc/vfio-early.manifest".source = manifest;
          };
          units = {
            "vfio-early.service" = {
              text = unit "vfio-early.service";
              wantedBy = [ "sysinit.target" ];
            };
            "vfio-early-exit@.target".text = unit "vfio-early-exit@.target";
            "vfio-early-exit@6.target".text = unit "vfio-early-exit@6.target";
            "vfio-early-stop.service".text = unit "vfio-early-stop.service";
            "vfio-early-unfinished.service".text = unit "vfio-early-unfinished.service";
          };
        };
      })
      (lib.mkIf (!systemd.enable) {
        boot.initrd.prepend = [ "${overlay}" ];
        boot.kernelParams = [ "rdinit=/vfio-early/init" ];
      })
    ]
  );
}
