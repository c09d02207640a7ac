#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Record all captures anew (OUT=dir: into dir), then check them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export OUT=${OUT:-$here/..}
for script in "$here"/*.sh; do
    case ${script##*/} in
        lib.sh | record_all.sh | verify.sh) ;;
        *) bash "$script" ;;
    esac
done
bash "$here/verify.sh" "$OUT"
