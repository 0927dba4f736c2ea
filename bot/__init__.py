"""The core of Intervision: rules, use-cases, engines and the neutral user interface."""

import zoneinfo

# Which moment a local time is must not depend on how old a machine's time-zone files are: the locked `tzdata` alone is
# read, here and in whatever else asks `zoneinfo` (Babel, icalendar, psycopg). Set before any zone is looked up.
zoneinfo.reset_tzpath(())
