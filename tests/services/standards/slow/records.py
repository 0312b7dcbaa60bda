"""One record for each source and item of a method, each alternative and each option of a key."""

from tests.services.standards.slow.balances import AMOUNTS as BALANCES
from tests.services.standards.slow.balances import form_of
from tests.services.standards.slow.defaults import default_of, inputs_of, items_of, key_of

# What is left over after a balance or a part of a whole must stay positive and plausible.
AMOUNTS = {
    "NCV": 20.5, "CC": 0.026, "C": 0.55, "C_ar": 0.6, "C_ad": 0.62, "M_ar": 0.12, "M_ad": 0.03,
    "G_slag": 20, "C_slag": 0.08, "G_ash": 150, "C_ash": 0.03, "MWh_nonfossil": 12.5,
    "recovered_kg": 10, "in_grid": 1500, "import": 1000, "export": 250, "sold": 1100,
    "FR1": 0.65, "FR2": 0.02, "FR10": 0.01, "FR20": 0.001, "share_CaCO3": 0.5,
    "share_MgCO3": 0.1, "S": 0.02, "A": 0.004, "butt": 0.15, "days": 300, "COD_in": 2,
    "COD_out": 0.1, "W": 100000, "FR0": 0.001, "AEM": 0.25, "drain": 40, "use": 15, "flare": 5,
    "CH4": 0.7, "C2H6": 0.08, "C3H8": 0.03, "C4H10": 0.01, "C5H12": 0.01, "C2H4": 0.01,
    "C3H6": 0.01, "CO": 0.02, "CO2": 0.05, "Q_slag_clinker": 34.5, "Q_steel": 900, "R": 0.25,
    "destroyed": 0.5, "N_S": 12, "B_before": 90, "B_after": 10, "GR": 0.05, "CR": 0.04,
    "W_paper": 0.1, "W_textile": 0.05, "W_food": 0.5, "W_wood": 0.02, "W_garden": 0.03,
    "DOC": 0.15, "Pr": 30, "fixed": 0.4, "EF_CH4": 3.25, "EF_N2O": 0.65, "population": 50000,
}  # fmt: skip
SHARE, AMOUNT = 0.9, 1234.5
COMPOSITION = ("CH4", "C2H6", "C3H8", "C4H10", "C5H12", "C2H4", "C3H6", "CO")
# The alternatives of each kind, as the contract lists them; the first is the usual one.
ALTERNATIVES = {
    "FUEL": (
        ("FC", "NCV", "CC", "OF"),
        ("FC", "NCV", "CC", "OF", "BF"),
        ("FC", "C", "OF"),
        ("FC", "C_ar", "OF"),
        ("FC", "C_ad", "M_ar", "M_ad", "OF"),
        ("FC", "NCV", "CC", "G_slag", "C_slag", "G_ash", "C_ash", "eta"),
        ("FC", "C_ar", "G_slag", "C_slag", "G_ash", "C_ash", "eta"),
    ),
    "CARBON_MASS": (("Q", "C"), ("Q_raw", "FR0"), ("Q_clinker", "raw_ratio", "FR0")),
    "ANODE": (("P", "NC", "S", "A"), ("Q_anode_gross", "butt", "S", "A")),
    "PRODUCT_GAS": (
        ("P", "EF"),
        ("P", "EF", "eta", "mu"),
        ("P", "EF_CF4", "EF_C2F6"),
        ("P", "AEM", "slope_CF4", "ratio_C2F6"),
    ),
    "GAS_VOLUME": (
        ("V", "purity", "rho"),
        ("vent", "drain", "flare", "use", "rho"),
        ("vent", "drain", "use", "rho"),
        ("avg_m3_per_min", "days", "drain", "flare", "use", "rho"),
        ("avg_m3_per_min", "days", "drain", "use", "rho"),
    ),
    "FLARE": (
        ("V", "CC", "OF", "CO2", "rho_CO2"),
        ("V", "OF", "CO2", "rho_CO2", *COMPOSITION),
    ),
    "ELECTRICITY": (("MWh", "EF"), ("MWh", "MWh_nonfossil", "EF")),
    "BIOMASS": (("Q", "EF_CH4", "EF_N2O"), ("Q", "EF_CH4", "EF_N2O", "C")),
    "COMBUSTION_GAS": (("FC", "NCV", "EF_CH4", "EF_N2O"), ("AD", "EF_CH4", "EF_N2O")),
    "NON_ENERGY": (("FC", "NCV", "CC", "fixed"), ("AD", "CC", "fixed")),
    "LANDFILL": (
        ("MSW_T", "MSW_F", "MCF", "DOC", "DOCf", "F", "R", "OX"),
        (*("MSW_T", "MSW_F", "MCF", "DOCf", "F", "R", "OX"),
         *(f"{symbol}_{part}" for symbol in ("W", "DOC")
           for part in ("paper", "textile", "food", "wood", "garden"))),
    ),
    "TREATED_WATER": (
        ("TOW", "S", "Bo", "MCF", "R"),
        ("TOW", "Bo", "MCF", "R"),
        ("COD", "BOD_COD", "Bo", "MCF", "R"),
    ),
    "HEAT": (("GJ", "EF"), ("t", "T", "EF"), ("t", "P", "EF"), ("t", "P", "T", "EF")),
}  # fmt: skip
BY_HEAT = ("AD", "CC", "OF", "EF_CH4", "EF_N2O")
# Hot water, saturated steam and steam far from saturation.
STATES = {("t", "T", "EF"): {"T": 85}, ("t", "P", "EF"): {"P": 0.85},
          ("t", "P", "T", "EF"): {"P": 2.25, "T": 333}}  # fmt: skip
# Stated although a default may exist, so that the alternative is the one that counts.
CHOOSING = ("BF", "MWh_nonfossil", *COMPOSITION)


def records_of(circumstances):
    """Yield the records of a method in the order of its sources."""
    for source in circumstances.method["source"]:
        if source["kind"] == "CARBON_BALANCE":
            yield from _balances(source)
        elif source.get("policy") == "GRID_REGIONAL_SENDER":
            yield _record(source, "130000", ("MWh", "EF"))
        else:
            yield from _of_source(source)
            yield from _from_balances(circumstances.method, source)


def _from_balances(method, source):
    """Yield records whose amount follows from terms: the first item of each form, each set."""
    told = set()
    for item in items_of(source) or [""]:
        form = form_of(method, source, item)
        if form is None or form["form"] in told:
            continue
        told.add(form["form"])
        for terms in BALANCES[form["form"]]:
            record = _record(source, item, _alternatives(source)[0])
            for symbol in form["symbols"].split():
                record["inputs"].pop(symbol, None)
            yield record | {"balance": terms}


def _of_source(source):
    usable = _alternatives(source)
    usual = usable[0]
    items = items_of(source)
    for item, unit in items.items():
        yield _record(source, item, BY_HEAT if unit == "TJ" else usual, usual)
    by_mass = [item for item, unit in items.items() if unit != "TJ"]
    first = by_mass[0] if by_mass else ""
    if not items:
        yield _record(source, "", usual, usual)
    for alternative in usable[1:]:
        yield _record(source, first, alternative, usual)
    constants = [s for s, cell in inputs_of(source).items() if "constant" in cell and s in usual]
    if constants:
        stated = {s: _amount(inputs_of(source)[s], s) for s in constants}
        record = _record(source, first, usual, usual)
        yield record | {"inputs": record["inputs"] | stated}
    yield from _options(source, first, usual)


def _options(source, first, usual):
    """Yield a record for each option of the key; where items differ by it, for each item too."""
    key, options, _ = key_of(source)
    if key in ("equipment", "abatement"):
        for option in options:
            yield _record(source, first, usual, usual) | {key: option}
        return
    for item in items_of(source) or [""]:
        for option in options:
            if any(_follows(source, symbol, item, option) for symbol in inputs_of(source)):
                yield _record(source, item, usual, option=option) | {key: option}


def _follows(source, symbol, item, option):
    """Return whether the default of a symbol is there by the option of the key."""
    found = default_of(source, symbol, item, option)
    return found is not None and default_of(source, symbol, item) is None


def _alternatives(source):
    symbols = set(inputs_of(source))
    listed = ALTERNATIVES.get(source["kind"], (tuple(symbols),))
    if "BF" in symbols and default_of(source, "BF") is None:
        listed = [a if "BF" in a else (*a, "BF") for a in listed]
    usable = list(dict.fromkeys(a for a in listed if symbols.issuperset(a)))
    usable = usable or [tuple(inputs_of(source))]
    if source["kind"] in ("GAS_VOLUME", "PRODUCT_GAS", "TREATED_WATER"):
        # Of those that differ only in what the source knows at all, the fullest counts.
        return [a for a in usable if not any(set(a) < set(b) for b in usable)]
    return usable


def _record(source, item, alternative, usual=(), option=""):
    """Return a record that states what no default fills, and what chooses the alternative."""
    states = STATES.get(tuple(alternative), {})
    inputs = {}
    for symbol, cell in inputs_of(source).items():
        if symbol not in alternative or cell.get("policy"):
            continue
        chooses = symbol in CHOOSING and symbol not in usual
        if chooses or default_of(source, symbol, item, option) is None:
            inputs[symbol] = states.get(symbol, _amount(cell, symbol))
    return {"source": source["code"], "item": item, "inputs": inputs}


def _amount(cell, symbol):
    return AMOUNTS.get(symbol, SHARE if cell["unit"] == "0..1" else AMOUNT)


def _balances(source):
    for item in items_of(source):
        enters = {"item": item, "Q": 120.25}
        leaves = {"item": item, "Q": 20.5}
        if default_of(source, "CC", item) is None:
            enters, leaves = enters | {"CC": 0.7}, leaves | {"CC": 0.7}
        yield {"source": source["code"], "item": "", "inputs": {"in": [enters], "out": [leaves]}}
    enters, leaves = {"Q": 500, "CC": 0.75}, {"Q": 120, "CC": 0.31}
    more = {"Q": 14.5, "CC": 0.9}
    yield {"source": source["code"], "item": "", "inputs": {"in": [enters, more], "out": [leaves]}}
