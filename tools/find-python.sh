#!/bin/sh
# Prints the first Python that this project can run on, or says in one line what to install.
#
#   find-python.sh            looks for python3, then python3.13, python3.12 and python3.11
#   find-python.sh PYTHON     takes this one or none
#
# Runs before anything is installed, so: POSIX sh, and Python that the oldest interpreter can parse.
# Never installs anything.

set -u
given=${1-}
fits='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
version='import sys; sys.stdout.write("%d.%d" % sys.version_info[:2])'
venv='import ensurepip, venv'

lacking_venv=
too_different=
for candidate in ${given:-python3 python3.13 python3.12 python3.11}; do
    # A name on PATH may still be an empty shell (pyenv shims), so it is asked, not only found.
    found=$("$candidate" -c "$version" 2>/dev/null) || continue
    if ! "$candidate" -c "$fits" 2>/dev/null; then
        too_different="$too_different $candidate is $found;"
    elif ! "$candidate" -c "$venv" 2>/dev/null; then
        lacking_venv=${lacking_venv:-$candidate}
        lacking_version=${lacking_version:-$found}
    else
        printf '%s\n' "$candidate"
        exit 0
    fi
done

if [ -n "$lacking_venv" ]; then
    echo "$lacking_venv has no venv module: install it (on Debian: apt-get install python$lacking_version-venv) and run make again." >&2
elif [ -n "$too_different" ]; then
    echo "Sailau needs Python 3.11, 3.12 or 3.13, but${too_different%;}: install one of them and run make again, or name one: make PYTHON=/path/to/python3.12" >&2
elif [ -n "$given" ]; then
    echo "$given is not a Python that runs: name one of 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3.12" >&2
else
    echo "No python3 found: install Python 3.11, 3.12 or 3.13 with its venv module (on Debian: apt-get install python3 python3-venv) and run make again." >&2
fi
exit 1
