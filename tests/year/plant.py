"""Lives a year with a bug in the code, which is edited as it is imported: `python -m tests.year.plant NAME`."""

import sys

from tests.seeds.plant import plant
from tests.year.bugs import PLANTED

if __name__ == "__main__":
    plant(next(bug for bug in PLANTED if bug.name == sys.argv[1]), "tests.year", sys.argv[2:])
