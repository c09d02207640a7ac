# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs as another user than root."""

# setpriv's options may follow: what it keeps of root.
AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
