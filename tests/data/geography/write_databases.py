# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the small MaxMind databases of the tests: addresses of documentation, places that are made up.

Wants mmdb_writer and netaddr of PyPI."""
import pathlib

from mmdb_writer import MMDBWriter
from netaddr import IPSet

HERE = pathlib.Path(__file__).parent


def names(text):
    return {"names": {"en": text}}


city = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-City", languages=["en"])
city.insert_network(IPSet(["192.0.2.0/24"]), {
    "continent": names("Europe"), "country": {"iso_code": "DE", **names("Germany")},
    "subdivisions": [{"iso_code": "BE", **names("Land Berlin")}], "city": names("Berlin"),
    "location": {"latitude": 52.5, "longitude": 13.4, "accuracy_radius": 20}})
city.insert_network(IPSet(["198.51.100.0/24"]), {
    "continent": names("South America"), "country": {"iso_code": "CL", **names("Chile")},
    "location": {"latitude": -33.4569401, "longitude": -70.64827}})
city.insert_network(IPSet(["2001:db8::/32"]), {
    "country": {"iso_code": "JP", **names("Japan")}, "city": names("T\u014dky\u014d"),
    "location": {"latitude": 35.6895, "longitude": 139.69171}})
city.to_db_file(str(HERE / "city.mmdb"))

systems = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type="Test-ASN", languages=["en"])
systems.insert_network(IPSet(["192.0.2.0/25", "2001:db8::/32"]), {
    "autonomous_system_number": 64500, "autonomous_system_organization": "Example \"Net\""})
systems.to_db_file(str(HERE / "systems.mmdb"))
