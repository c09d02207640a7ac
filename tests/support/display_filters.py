# SPDX-License-Identifier: GPL-2.0-or-later
"""Which frames tshark's display filters select: all filters of a capture in one run of tshark, as taps."""
import pathlib
import tempfile

# A filter that tshark doesn't accept is told apart from one that selects nothing.
SCRIPT = """\
local filters = {%s}
for place, filter in ipairs(filters) do
  local made, tap = pcall(Listener.new, "frame", filter)
  if made then
    function tap.packet(pinfo) print("selected", place, pinfo.number) end
  else
    print("refused", place)
  end
end
print("loaded")
"""


def lua_text(text):
    """As a string of Lua, byte by byte."""
    return '"' + "".join(f"\\{byte:03d}" for byte in text.encode()) + '"'


def frames_selected(tshark, capture, filters):
    """[set of frame numbers], one for each filter; None where tshark refuses the filter."""
    selected = [set() for _ in filters]
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "filters.lua")
        script.write_text(SCRIPT % ", ".join(map(lua_text, filters)), encoding="ascii")
        # As with -Y and -T fields: a tree with everything that is shown.
        printed = tshark("-r", capture, "-X", f"lua_script:{script}", "-T", "fields", "-e", "frame.number")
    assert "loaded" in printed.splitlines(), "tshark ran no script of Lua"
    for line in printed.splitlines():
        word, *numbers = line.split("\t")
        if word == "refused":
            selected[int(numbers[0]) - 1] = None
        elif word == "selected":
            selected[int(numbers[0]) - 1].add(int(numbers[1]))
    return selected
