"""Make the project's own Python environment in .venv; needs nothing but Python 3.11.

    python3 tools/environment.py                what the office needs to run
    python3 tools/environment.py --tests        also what the checks and tests need, Chromium included

Done again only when a requirements file has changed.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALL = ("install", "--quiet", "--disable-pip-version-check", "--no-input")
AGAIN = "--again"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever starts this has not been asked before
        sys.exit(
            f"Workqueue needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable})."
        )
    is_for_tests = "--tests" in sys.argv[1:]
    install("requirements-dev.txt" if is_for_tests else "requirements.txt")
    if is_for_tests:
        find_browser()


def install(requirements: str) -> None:
    stamp = VENV / f".{requirements}.installed"
    wanted = hashlib.sha256(
        b"".join(
            (PROJECT / name).read_bytes() for name in ("requirements.txt", requirements, "constraints.txt")
        )
    ).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {requirements} into .venv; the first time takes about half a minute ...")
    pip = make_environment()
    run(
        [*pip, *INSTALL, "--requirement", requirements, "--constraint", "constraints.txt"],
        failing="The packages could not be installed; pip says why above.",
    )
    stamp.write_text(wanted)


def make_environment() -> list[str]:
    """Return the pip command of .venv, which is made when it is not there or has lost its interpreter."""
    has_own_pip = [str(PYTHON), "-m", "pip"]
    if PYTHON.exists() and succeeds([*has_own_pip, "--version"]):
        return has_own_pip
    if importlib.util.find_spec("ensurepip") is None and not is_pip_beside():
        install_packages("python3-venv", otherwise="Python's venv package is missing. Install it with:")
    if importlib.util.find_spec("ensurepip") is not None:
        run([sys.executable, "-m", "venv", "--clear", str(VENV)], failing="The folder .venv cannot be made.")
        return has_own_pip
    # Debian splits ensurepip off; a pip of the system can fill an environment that has none.
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
    run(command, failing="The folder .venv cannot be made.")
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def is_pip_beside() -> bool:
    return importlib.util.find_spec("venv") is not None and importlib.util.find_spec("pip") is not None


def find_browser() -> None:
    if any(shutil.which(name) for name in BROWSERS):
        return
    if os.geteuid() != 0:
        say("Chromium is not installed, so the browser tests will be skipped. To run them, as root:")
        say("    apt-get install -y chromium")
        return
    say("Installing Chromium for the browser tests ...")
    if not install_with_apt("chromium"):
        say("Chromium could not be installed; the browser tests will be skipped and say so.")


def install_packages(name: str, *, otherwise: str) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get") and AGAIN not in sys.argv:
        say(f"Installing {name} ...")
        if install_with_apt(name):
            # Asked by a new process, once: this one has already looked.
            os.execv(sys.executable, [sys.executable, *sys.argv, AGAIN])  # noqa: S606  # ourselves
    sys.exit(f"{otherwise}\n    apt-get install -y {name}")


def install_with_apt(name: str) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return succeeds(["apt-get", "update", "-qq"], quiet) and succeeds(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", name], quiet
    )


def succeeds(command: list[str], env: dict[str, str] | None = None) -> bool:
    try:
        done = subprocess.run(command, check=False, env=env, stdout=subprocess.DEVNULL)  # noqa: S603
    except OSError:
        return False
    return done.returncode == 0


def run(command: list[str], *, failing: str) -> None:
    if subprocess.run(command, check=False, cwd=PROJECT).returncode:  # noqa: S603
        sys.exit(failing)


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
