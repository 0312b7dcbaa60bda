"""What an exported log consists of; the offline verifier holds the same."""

from __future__ import annotations

EXPORT_FORM = "shuangtan.export/2"
ABOUT, LEAVES, UNSEALED = "about.json", "leaves.jsonl", "unsealed.jsonl"
LINES, ROWS = "lines.jsonl", "rows.jsonl"
