#!/usr/bin/env python3
"""The commands of the platform, from starting it to evidence; standard library only."""

import ast
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:  # said before anything that an old Python would stumble over
    sys.exit(
        "需要 Python 3.11 或更高版本，当前为 {0}.{1}。"
        " · Python 3.11 or newer is needed, this is {0}.{1}.".format(*sys.version_info[:2])
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".shuangtan.json"
UV = "uv==0.13.9"
RUN_LOCK = "requirements.lock"
TEST_LOCK = "requirements-dev.lock"
# Program a test needs → Debian package that has it.
TEST_PROGRAMS = {
    "chromium": "chromium",
    "chromedriver": "chromium-driver",
    "pdftotext": "poppler-utils",
    "mosquitto_passwd": "mosquitto",
}
# Two processes with servers of their own; the tests of a file stay together and share them.
SIDE_BY_SIDE = ["-n", "2", "--dist", "loadfile"]
# Compiled at set-up: each process would do it anew where Python may not write as it goes.
MODULES = ("app.py", "cli.py", "callbacks", "components", "pages", "services", "workers")
SERVERLESS = "not postgres and not broker and not browser and not faults and not slow"
CHECKS = (
    ("格式 · format", ["ruff", "format", "--check", "."]),
    ("规则 · lint", ["ruff", "check", "."]),
    ("类型 · types", ["mypy", "."]),
    ("导入约定 · import contracts", ["lint-imports"]),
)
USAGE = """用法 · usage: python3 run.py [命令 · command]
  （无 · none）  启动平台 · start the platform
  setup        安装依赖 · install what is locked, again
  test         全部检查与测试 · every check and test
  check        快速检查（无服务器） · the quick part, no servers
  bench        测量并写入 docs/measurements.md · measure
  screens      全部页面截图到 var/screens/ · pictures of every page
  evidence     按条款列出控制、测试与最近结果 · clause, control, tests, last result"""


def main(words: list[str]) -> int:
    """Do what the first word says; no word starts the platform."""
    verb = words[0] if words else "run"
    if verb not in VERBS:
        print(USAGE)
        return 0 if verb in ("help", "-h", "--help") else 2
    return VERBS[verb](words[1:])


def run(words: list[str]) -> int:
    """Become the supervisor, so that Ctrl-C and SIGTERM reach it directly."""
    ensure(RUN_LOCK)
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", "workers.run", *words])


def setup(_words: list[str]) -> int:
    """Install the locked packages, also when they were installed before."""
    STAMP.unlink(missing_ok=True)
    ensure(RUN_LOCK)
    say("安装完成 · installed")
    return 0


def test(words: list[str]) -> int:
    """Run every check and every test; words go on to pytest."""
    ensure(TEST_LOCK)
    ensure_programs()
    return checks(["pytest", *SIDE_BY_SIDE, *result_kept(), *(words or ["tests"])])


def result_kept() -> list[str]:
    """Return the options by which the tests leave their result, with the state of the code."""
    from tools.evidence import RESULTS, commit

    return [f"--junitxml={RESULTS}", "-o", f"junit_suite_name={commit() or 'unknown'}"]


def check(_words: list[str]) -> int:
    """Run the checks and the tests that need no server and no browser."""
    ensure(TEST_LOCK)
    return checks(["pytest", "-q", *SIDE_BY_SIDE, "-m", SERVERLESS, "tests"])


def bench(words: list[str]) -> int:
    """Measure, and write docs/measurements.md."""
    ensure(TEST_LOCK)
    return tool(["-m", "bench", *words])


def screens(words: list[str]) -> int:
    """Take a picture of every page in every size, language and theme."""
    ensure(TEST_LOCK)
    ensure_programs()
    return tool(["-m", "tools.screens", *words])


def evidence(words: list[str]) -> int:
    """Print clause, control, tests and their last result, for an assessor."""
    from tools.evidence import main as tell

    return tell(words)


VERBS = {
    "run": run,
    "setup": setup,
    "test": test,
    "check": check,
    "bench": bench,
    "screens": screens,
    "evidence": evidence,
}


def checks(pytest: list[str]) -> int:
    """Run every step, also after one failed, and tell which did."""
    failed = []
    for name, command in (*CHECKS, ("测试 · tests", pytest)):
        say(f"── {name}")
        started = time.monotonic()
        status = tool(["-m", *command] if command[0] in ("pytest", "mypy") else command)
        say(
            f"   {'通过 · passed' if status == 0 else '未通过 · FAILED'}"
            f" {time.monotonic() - started:.1f} s"
        )
        if status:
            failed.append(name)
    say("未通过 · failed: " + ", ".join(failed) if failed else "全部通过 · all passed")
    return 1 if failed else 0


def tool(command: list[str]) -> int:
    """Run a program of the environment, or its Python when the command starts with a dash."""
    program = [str(PYTHON)] if command[0].startswith("-") else [str(VENV / "bin" / command[0])]
    rest = command if command[0].startswith("-") else command[1:]
    try:
        return subprocess.call([*program, *rest], cwd=ROOT, stdin=subprocess.DEVNULL)
    except KeyboardInterrupt:
        return 130


# ---- the environment -----------------------------------------------------------------------


def ensure(lock: str) -> None:
    """Make the environment and install the locked packages, unless that was done before."""
    if installed(lock):
        return
    make_environment()
    say(f"安装 {lock} · installing (1–2 min)")
    install(lock)
    into_environment(["--no-deps", "--no-build-isolation", "-q", "-e", "."], ROOT)
    compile_modules(ROOT)
    locks = [RUN_LOCK, lock]
    STAMP.write_text(json.dumps({name: fingerprint(name) for name in locks}), encoding="utf-8")


def installed(lock: str) -> bool:
    """Return whether the environment holds what the lock says now."""
    try:
        done = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return PYTHON.exists() and done.get(lock) == fingerprint(lock)


def fingerprint(lock: str) -> str:
    """Return what changes when the lock, the project's own commands or this folder change."""
    parts = [(ROOT / name).read_bytes() for name in (lock, "pyproject.toml")]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


def make_environment() -> None:
    """Make .venv with a pip inside; an unusable one is made again."""
    if PYTHON.exists() and works([str(PYTHON), "-m", "pip", "--version"]):
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        fail(
            f"缺少 Python 的 venv 模块，请安装：apt-get install {package}",
            f"Python's venv module is missing; install it: apt-get install {package}",
        )
    say("创建 .venv · making the environment")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        reason = last_line(done.stdout)
        fail(f"无法创建 {VENV}：{reason}", f"{VENV} could not be made: {reason}")


def install(lock: str) -> None:
    """Install by uv where it can be had, else by pip; both check every hash."""
    uv = VENV / "bin" / "uv"
    got_uv = uv.exists() or works([str(PYTHON), "-m", "pip", "install", "-q", UV])
    if got_uv and works(
        [
            str(uv),
            "pip",
            "install",
            "-q",
            "--python",
            str(PYTHON),
            "--compile-bytecode",
            "--require-hashes",
            "-r",
            lock,
        ],
        uv_environment(),
    ):
        return
    say("改用 pip（较慢） · using pip, which takes longer")
    into_environment(["-q", "--require-hashes", "--no-deps", "-r", lock], ROOT)


def compile_modules(folder: Path) -> None:
    """Let Python compile our own modules once; a folder that cannot be written works without."""
    works([str(PYTHON), "-m", "compileall", "-q", *(str(folder / name) for name in MODULES)])


def into_environment(arguments: list[str], folder: Path) -> None:
    """Let pip install something, or end with its own last words."""
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "install", *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        reason = last_line(done.stdout)
        fail(
            f"软件包未能安装：{reason}。请检查网络或 pip 的设置后重试。",
            f"The packages could not be installed: {reason}. Check the network or pip's settings.",
        )


def uv_environment() -> dict[str, str]:
    """Return the environment with pip's own settings told to uv, which does not read them."""
    environment = dict(os.environ)
    told = pip_settings()
    wishes = {
        "UV_DEFAULT_INDEX": told.get("index-url"),
        "UV_INDEX": told.get("extra-index-url"),
        "UV_FIND_LINKS": told.get("find-links", "").replace(" ", ","),
        "SSL_CERT_FILE": told.get("cert"),
        "UV_INSECURE_HOST": told.get("trusted-host"),
        # The hashes decide, as with pip; the order of the indexes does not.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_LINK_MODE": "copy",
    }
    if not os.access(os.path.expanduser("~"), os.W_OK):
        wishes["UV_CACHE_DIR"] = str(VENV / ".uv-cache")
    for name, value in wishes.items():
        if value:
            environment.setdefault(name, value)
    return environment


def pip_settings() -> dict[str, str]:
    """Return pip's settings from its files and the environment, by their plain names."""
    done = subprocess.run(
        [str(PYTHON), "-m", "pip", "config", "list"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    found: dict[str, str] = {}
    for line in done.stdout.decode(errors="replace").splitlines():
        name, equals, value = line.partition("=")
        if equals:
            section, _, key = name.rpartition(".")
            # The environment (":env:.") is listed first and wins over the files.
            if section in ("global", "install", ":env:"):
                found.setdefault(key, " ".join(str(ast.literal_eval(value)).split()))
    return found


# ---- what the tests need beside Python -----------------------------------------------------


def ensure_programs() -> None:
    """Install the browser and its driver by apt where we may, else say what to install."""
    missing = [package for name, package in TEST_PROGRAMS.items() if shutil.which(name) is None]
    if not missing:
        return
    wanted = " ".join(missing)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"安装 {wanted} · installing")
        quiet = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        if works(["apt-get", "update", "-q"], quiet) and works(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], quiet
        ):
            return
    fail(
        f"测试需要 {wanted}，请安装：sudo apt-get install {wanted}",
        f"The tests need {wanted}; install: sudo apt-get install {wanted}",
    )


# ---- small things --------------------------------------------------------------------------


def works(command: list[str], environment: "dict[str, str] | None" = None) -> bool:
    """Return whether a command ends well; what it says is of no interest."""
    try:
        return (
            subprocess.call(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            == 0
        )
    except OSError:
        return False


def last_line(output: bytes) -> str:
    """Return where programs put the reason: the last line that says something."""
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "?"


def say(line: str) -> None:
    """Print a line of progress."""
    print(line, flush=True)


def fail(chinese: str, english: str) -> None:
    """End with one clear sentence in both languages."""
    sys.exit(f"{chinese} · {english}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
