#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Runs a program on a CPU with AVX-512 that Bochs emulates, for machines that have none: qemu stops at AVX2.

run_bochs.py PROGRAM ARGUMENT...   PROGRAM is linked statically; it and the arguments that are files are packed into the
                                   memory file system of a Linux kernel (that of Debian's installer), whose first
                                   process runs it and sends what it prints over the serial line: README.md, "AVX-512"
"""

import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

PACKAGES = "bochs bochs-term busybox-static debian-installer-12-netboot-amd64 isolinux syslinux-common xorriso"
PROGRAMS = ("bochs", "busybox", "xorriso", "script")
KERNEL = "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux"
LOADER = ("/usr/lib/ISOLINUX/isolinux.bin", "/usr/lib/syslinux/modules/bios/ldlinux.c32")
# The kernel checks the size of what XSAVEC saves; that of Bochs has no room for protection keys.
BOOT = """\
DEFAULT run
PROMPT 0
LABEL run
  KERNEL linux
  APPEND initrd=files quiet mitigations=off nopku clearcpuid=321,323
"""
MACHINE = """\
cpu: model=corei7_skylake_x, ips=50000000
megs: 1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0-master: type=cdrom, path=disc.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=serial.txt
log: bochs.log
display_library: term
clock: sync=none
"""
FIRST_PROCESS = """\
#!/busybox sh
/busybox mkdir -p /dev /proc
/busybox mount -t proc proc /proc
/busybox mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1
/busybox stty -onlcr
{command}
echo "status $?"
/busybox sleep 1 # until the line has sent it
/busybox poweroff -f
"""


def pack(folder, command):
    """Makes folder/disc.iso, which boots and runs the command."""
    root, disc = folder / "root", folder / "disc"
    disc.mkdir()
    files = {word.lstrip("/"): word for word in command if pathlib.Path(word).is_file()}
    for name, source in {"busybox": shutil.which("busybox"), **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, root / name)
    (root / "init").write_text(FIRST_PROCESS.format(command=shlex.join(command)), encoding="utf-8")
    (root / "init").chmod(0o755)
    subprocess.run("find . | busybox cpio -o -H newc >../disc/files", shell=True, cwd=root, check=True, capture_output=True)
    for source in (KERNEL, *LOADER):
        shutil.copy(source, disc)
    (disc / "isolinux.cfg").write_text(BOOT, encoding="utf-8")
    options = "-b isolinux.bin -c boot.cat -no-emul-boot -boot-load-size 4 -boot-info-table".split()
    make = ["xorriso", "-as", "mkisofs", "-o", "disc.iso", *options, "disc"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True)


def main():
    files = [path for path in (KERNEL, *LOADER) if not pathlib.Path(path).exists()]
    missing = [program for program in PROGRAMS if not shutil.which(program)] + files
    if missing or not sys.argv[1:]:
        print(f"{__doc__}\nmissing here: {' '.join(missing) or 'nothing'}; apt-get install {PACKAGES}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pack(folder, sys.argv[1:])
        (folder / "bochsrc").write_text(MACHINE, encoding="utf-8")
        (folder / "continue").write_text("c\n", encoding="utf-8")  # Debian's Bochs stops in its debugger
        bochs = "TERM=vt100 bochs -q -f bochsrc -rc continue"
        terminal = ["script", "-qc", bochs, "/dev/null"]  # which the display wants
        said = subprocess.run(terminal, cwd=folder, check=False, stdin=subprocess.DEVNULL, capture_output=True).stdout
        serial = folder / "serial.txt"
        output = serial.read_text(encoding="utf-8", errors="replace") if serial.exists() else ""
        text, _, status = output.rpartition("status ")
        if not status.strip().isdigit():  # the program did not end
            print(output, said[-2000:].decode(errors="replace"), sep="\n")
            return 1
        print(text, end="")
        return int(status)


if __name__ == "__main__":
    sys.exit(main())
