"""The Chinese fonts that reports embed, and small TrueType cuts of them for Word files."""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from pylopdf_fonts_zh_cn import sans_path, serif_path

SANS = "Noto Sans SC"
SERIF = "Noto Serif SC"
PATHS: Mapping[str, Path] = {SANS: sans_path(), SERIF: serif_path()}

_FORMAT = "1"  # of the store below; raise it when the way of drawing changes
_LARGEST_ERROR = 1.0  # of a curve, in units of which 1,000 make the height of a line
_FIXED_TIME = 3_786_912_000  # 2024-01-01 in seconds since 1904: equal content gives equal bytes


def font_folder() -> Path:
    """Return the folder that holds the fonts."""
    return PATHS[SANS].parent


@cache
def printable_characters() -> frozenset[int]:
    """Return the characters that both fonts hold."""
    return frozenset(_characters(SANS) & _characters(SERIF))


@dataclass(frozen=True, slots=True)
class Cut:
    """A font with few characters.

    Its name is of its own: two open files with different cuts of one name would take their
    letters from whichever was opened first.
    """

    family: str
    name: str
    content: bytes


class FontStore:
    """Cuts fonts to the characters of one report; drawn glyphs are kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def cut(self, family: str, characters: Iterable[str]) -> Cut:
        """Return a TrueType font with the characters and nothing else.

        Word embeds only TrueType outlines, and the fonts have cubic ones: turning one glyph takes
        2 ms, so that turned glyphs are kept from report to report.
        """
        known = _character_map(family)
        wanted = {ord(c): known[ord(c)] for c in characters if ord(c) in known}
        store = self._turned(family, {".notdef", *wanted.values()})
        mapped = dict(sorted(wanted.items()))
        digest = hashlib.sha256("".join(map(chr, mapped)).encode()).hexdigest()
        name = f"{family} {digest[:6].upper()}"
        glyphs = {g: store["glyf"][g] for g in dict.fromkeys([".notdef", *mapped.values()])}
        return Cut(family, name, _saved(family, name, mapped, glyphs))

    def _turned(self, family: str, names: set[str]) -> TTFont:
        path = self.folder / f"{family.replace(' ', '')}-{_FORMAT}.ttf"
        kept = _kept(path)
        held = set(kept.getGlyphOrder()) if kept else set()
        if kept and names <= held:
            return kept
        grown = TTFont(io.BytesIO(_grown(family, kept, held | names)))
        self._keep(path, grown)
        return grown

    def _keep(self, path: Path, font: TTFont) -> None:
        # Two workers may write at once: each moves a whole file into place.
        self.folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            font.save(file)
        Path(file.name).replace(path)


def _kept(path: Path) -> TTFont | None:
    try:
        font = TTFont(io.BytesIO(path.read_bytes()))
        font.ensureDecompiled()
    except (FileNotFoundError, TTLibError, struct.error, AssertionError):
        return None  # not made yet, or damaged: it is made anew
    return font


def _grown(family: str, kept: TTFont | None, names: set[str]) -> bytes:
    source = _source(family)
    outlines = source.getGlyphSet()
    glyphs = {}
    for name in sorted(names):
        if kept is not None and name in kept["glyf"].glyphs:
            glyphs[name] = kept["glyf"][name]
            continue
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, _LARGEST_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    return _saved(family, family, {}, glyphs)


def _saved(
    family: str, name: str, character_map: dict[int, str], glyphs: dict[str, object]
) -> bytes:
    source = _source(family)
    order = [".notdef", *(name for name in glyphs if name != ".notdef")]
    builder = FontBuilder(source["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(character_map)
    builder.setupGlyf(glyphs)
    advances = source["hmtx"].metrics
    left = builder.font["glyf"]
    builder.setupHorizontalMetrics(
        {name: (advances[name][0], getattr(left[name], "xMin", 0)) for name in order}
    )
    line = source["hhea"]
    builder.setupHorizontalHeader(ascent=line.ascent, descent=line.descent)
    builder.setupNameTable(
        {"familyName": name, "styleName": "Regular", "copyright": _owner(family)}
    )
    heights = source["OS/2"]
    builder.setupOS2(
        fsType=0,  # may be embedded and installed: SIL Open Font License
        sTypoAscender=heights.sTypoAscender,
        sTypoDescender=heights.sTypoDescender,
        usWinAscent=heights.usWinAscent,
        usWinDescent=heights.usWinDescent,
        ulUnicodeRange1=heights.ulUnicodeRange1,
        ulUnicodeRange2=heights.ulUnicodeRange2,
        ulCodePageRange1=heights.ulCodePageRange1,
        panose=heights.panose,
    )
    builder.setupPost(keepGlyphNames=True)
    builder.font["head"].created = builder.font["head"].modified = _FIXED_TIME
    builder.font.recalcTimestamp = False
    saved = io.BytesIO()
    builder.save(saved)
    return saved.getvalue()


@cache
def _source(family: str) -> TTFont:
    return TTFont(PATHS[family], lazy=True)


@cache
def _character_map(family: str) -> dict[int, str]:
    return dict(_source(family).getBestCmap())


def _characters(family: str) -> set[int]:
    return set(_character_map(family))


def _owner(family: str) -> str:
    return str(_source(family)["name"].getDebugName(0))
