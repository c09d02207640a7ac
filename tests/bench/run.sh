#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# espcap and `tshark -T ek` in turn over the same large capture: medians, and their ratio.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec /usr/bin/python3 tests/bench/bench.py "$@"
