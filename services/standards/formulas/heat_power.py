"""The split of a power plant's total into heat and power; the verifier holds the same (4.5)."""

from __future__ import annotations


def supply_ratio(supplied_gj: float, generated_gj: float) -> float:
    """Return heat supplied as a share of all heat generated."""
    return supplied_gj / generated_gj


def heat_and_power_t(ratio: float, total_t: float) -> tuple[float, float]:
    """Return what of a total belongs to heat, which has the ratio, and to power: the rest."""
    return ratio * total_t, (1 - ratio) * total_t


def per_unit(tonnes: float, supplied: float) -> float | None:
    """Return tonnes of a unit that was supplied; nothing where none was."""
    return tonnes / supplied if supplied else None


def heat_power_figures(
    supplied_gj: float, generated_gj: float, power_mwh: float, total_t: float
) -> dict[str, float | None]:
    """Return the ratio, the tonnes of heat and of power, and those of a unit of each."""
    ratio = supply_ratio(supplied_gj, generated_gj)
    heat_t, power_t = heat_and_power_t(ratio, total_t)
    return {
        "supply_ratio": ratio,
        "heat_t": heat_t,
        "power_t": power_t,
        "heat_t_per_gj": per_unit(heat_t, supplied_gj),
        "power_t_per_mwh": per_unit(power_t, power_mwh),
    }
