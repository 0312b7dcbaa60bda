"""What differs, told in both languages with its place."""

from __future__ import annotations

from dataclasses import dataclass

# Every difference that can be found, in Chinese and English.
WORDS = {
    "archive": ("压缩包结构已被改动", "the structure of the archive was changed"),
    "missing": ("缺少该文件", "the file is missing"),
    "crc": ("内容与压缩包内的校验码不符", "the content does not fit the archive's checksum"),
    "sha256": ("内容与清单中的SHA-256不符", "the content does not fit the SHA-256 in the manifest"),
    "seal": ("清单与其封签不符", "the manifest does not fit its seal"),
    "json": ("不是可读的JSON", "is no readable JSON"),
    "shape": ("结构不完整或已被改动", "its structure is incomplete or was changed"),
    "file_name": (
        "内容与其以哈希所取的文件名不符",
        "the content does not fit the hash it is named by",
    ),
    "no_row": ("没有任何一行写明该文件", "no row names the file"),
    "members": ("清单中的文件名单不完整", "the manifest does not list every file"),
    "unlike": ("与其他文件所述不一致", "is not what another file says"),
    "hash": ("与平台登记的哈希不符", "does not fit the hash that the platform recorded"),
    "activity": ("与活动数据不符", "is not what the activity record says"),
    "unused": ("活动数据中的该数未被采用", "the activity record states it, but no line uses it"),
    "no_record": ("没有对应的活动数据", "no activity record states it"),
    "no_line": ("没有结果行采用该记录", "no line comes from this record"),
    "factor": ("与因子表不符", "is not what the factor says"),
    "no_factor": ("因子表中没有该因子", "the factor is not among the factors"),
    "not_in_force": (
        "该因子当时不适用或尚未公布",
        "the factor did not apply or was not known then",
    ),
    "method": ("与方法不符", "is not what the method says"),
    "signature": (
        "检查点没有可信密钥的有效签名",
        "the checkpoint bears no good signature of a trusted key",
    ),
    "not_in_log": (
        "该记录与透明日志中封存的不符",
        "the record is not the one that was sealed in the transparency log",
    ),
    "root": ("检查点的根与所列叶子不符", "its root is not that of the leaves"),
    "leaf_gone": ("该位置的叶子已不在", "the leaf of this place is gone"),
    "not_sealed": ("叶子尚未封存，请稍后重新导出", "its leaf is not sealed; export again later"),
    "no_leaf": ("没有叶子：绕过日志添加", "it has no leaf: it was added behind the log's back"),
    "put_back": ("被改回以前的内容", "it was put back to what it said before"),
    "gone": ("记录已不在", "the record is gone"),
    "rewritten": (
        "被再次封存，且没有已注销账号可以解释",
        "it was sealed a second time, and no account that was closed explains it",
    ),
    "leaf_unknown": ("叶子类型不明", "a leaf of a kind that no record has"),
    "without_event": ("改动时没有留下审计事件", "it was changed, and no audit event tells of it"),
    "no_proof": ("没有透明日志的证明", "there is no proof from the transparency log"),
    "no_growth": (
        "没有证明日志只增不改",
        "nothing proves that the log only grew between these two",
    ),
    "recomputed": ("重算结果不同", "recomputes to another value"),
}


@dataclass(frozen=True)
class Finding:
    """One difference: the file or line, the quantity, and what stands against what."""

    where: str
    quantity: str
    kind: str
    stated: object = None
    found: object = None

    def __str__(self) -> str:
        place = f"{self.where} · {self.quantity}" if self.quantity else self.where
        chinese, english = WORDS[self.kind]
        numbers = ""
        if self.stated is not None or self.found is not None:
            numbers = f"  [写明 stated: {self.stated!r}; 应为 expected: {self.found!r}]"
        return f"✗ {place}: {chinese} · {english}{numbers}"


def same(stated: object, found: object) -> bool:
    """Return whether two numbers are the same to the last bit, or other values are equal."""
    numbers = (int, float)
    if isinstance(stated, bool) or not isinstance(stated, numbers):
        return stated == found and isinstance(stated, type(found))
    if isinstance(found, bool) or not isinstance(found, numbers):
        return False
    return float(stated).hex() == float(found).hex()
