# SPDX-License-Identifier: GPL-2.0-or-later
"""Compressed files, and archives with files in them."""
import bz2
import gzip
import io
import lzma
import subprocess
import tarfile
import zipfile


def by_program(*command):
    return lambda data: subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


COMPRESSIONS = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress,
                "zst": by_program("zstd", "-c"), "lz4": by_program("lz4", "-c")}


def zip_of(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def tar_of(mode):
    def make(path, members):
        with tarfile.open(path, mode) as archive:
            archive.addfile(folder := tarfile.TarInfo("folder"))
            assert folder.isreg()
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
            link = tarfile.TarInfo("link.pcap")
            link.type, link.linkname = tarfile.SYMTYPE, "dns.pcap"
            archive.addfile(link)
    return make


ARCHIVES = {"zip": zip_of, "tar": tar_of("w"), "tar.gz": tar_of("w:gz"), "tar.xz": tar_of("w:xz"),
            "tar.bz2": tar_of("w:bz2")}
