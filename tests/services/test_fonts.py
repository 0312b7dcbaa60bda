"""The Chinese font for browsers: complete at once, small as soon as it can be."""

import fcntl
import subprocess
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

from services.fonts import (
    SUBSET,
    common_characters,
    full_font,
    make_subset,
    start_subsetting,
    web_font,
)
from tests.waiting import wait_until


def test_the_subset_holds_both_levels_of_gb2312_and_the_signs_of_the_platform():
    characters = set(common_characters())
    assert len({c for c in characters if "一" <= c <= "龥"}) == 6763
    assert set("双碳A1▲▼≈₂—") <= characters


def test_until_the_subset_is_made_the_whole_font_is_served(tmp_path):
    assert web_font(tmp_path) == full_font()
    assert full_font().stat().st_size > 5_000_000


def test_a_subset_holds_what_was_asked_and_is_small(tmp_path):
    target = tmp_path / "fonts" / SUBSET
    target.parent.mkdir()
    make_subset(target, "双碳核算")
    assert web_font(tmp_path) == target
    with TTFont(target) as font:
        assert set(map(chr, font.getBestCmap())) >= set("双碳核算")
    assert target.stat().st_size < 50_000


def test_of_several_processes_one_makes_it(tmp_path):
    target = tmp_path / SUBSET
    with target.with_suffix(".lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        make_subset(target, "双")
        assert not target.exists()
    make_subset(target, "双")
    assert target.exists()


def test_nothing_is_started_when_it_is_there(tmp_path):
    target = tmp_path / "fonts" / SUBSET
    target.parent.mkdir()
    target.touch()
    assert start_subsetting(tmp_path) is None


def test_it_ends_with_the_process_that_started_it(tmp_path):
    program = (
        "import sys; from pathlib import Path; from services.fonts import start_subsetting;"
        "print(start_subsetting(Path(sys.argv[1])).pid, flush=True); input()"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        maker = int(parent.stdout.readline())
        parent.kill()
    # It would take some twelve seconds to finish by itself.
    wait_until(lambda: not Path(f"/proc/{maker}/cmdline").exists() or zombie(maker), 5)
    assert not (tmp_path / "fonts" / SUBSET).exists()


def zombie(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
