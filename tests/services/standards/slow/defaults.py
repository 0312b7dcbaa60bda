"""What fills a quantity that a record leaves out, read from the methods' files step by step."""

from fractions import Fraction

from tests.services.standards.slow.tables import factors, rows, shared_inputs


def inputs_of(source):
    own = source["inputs"]
    return shared_inputs()[own] if isinstance(own, str) else own


def fuel_tables(source):
    """Return (table, items it is limited to or None) in the order of the source's chain."""
    found = []
    for part in source.get("table", "").split(">"):
        if part:
            table, _, only = part.rstrip("}").partition("{")
            found.append((table, only.split(",") if only else None))
    return found


def items_of(source):
    """Return the unit each item of a source is counted in, by its lower-case code."""
    found = {}
    for table, only in fuel_tables(source):
        for row in rows("fuels.csv"):
            if row["table"] == table and (only is None or row["item"] in only):
                found.setdefault(row["item"].lower(), row["activity_unit"])
    kinds = {row["kind"]: row["activity_unit"] for row in rows("kinds.csv")}
    units = {row["item"]: kinds[row["kind"]] for row in rows("items.csv")}
    for cell in inputs_of(source).values():
        for alternative in alternatives_of(source, cell):
            if "{item" in alternative and "{table}" not in alternative and "*" not in alternative:
                for code in _items_in(alternative):
                    found.setdefault(code.lower(), units[code])
    return found


def alternatives_of(source, cell):
    """Return the alternatives of a default, each edition of its factors in turn."""
    found = []
    for alternative in filter(None, cell.get("default", "").split("|")):
        editions = source["editions"] if "{edition}" in alternative else [""]
        found += [alternative.replace("{edition}", edition) for edition in editions]
    return found


def _items_in(alternative):
    before, _, rest = alternative.partition("{item")
    listed, _, after = rest.partition("}")
    if listed:
        return listed.removeprefix(":").split(",")
    if before.split(".")[0] in {row["table"] for row in rows("tables.csv")}:
        return []
    return [
        code[len(before) : len(code) - len(after)]
        for code in factors()
        if code.startswith(before) and code.endswith(after)
    ]


def key_of(source):
    """Return the name of the key that defaults depend on, its options and the usual one."""
    text = " ".join(cell.get("default", "") for cell in inputs_of(source).values())
    for row in rows("keys.csv"):
        if f"{{{row['key']}}}" in text:
            options = [r for r in rows("keys.csv") if r["key"] == row["key"]]
            usual = next((r["option"] for r in options if r["is_default"] == "1"), "")
            return row["key"], [r["option"] for r in options], usual
    return "", [], ""


def option_in(source, region):
    """Return the option of a source's key that a place decides, if it does."""
    name, _, _ = key_of(source)
    zones = [row for row in rows("zones.csv") if row["key"] == name]
    return next((row["option"] for row in zones if region.startswith(row["prefix"])), "")


def default_of(source, symbol, item="", option=""):
    """Return the factor or constant of a symbol, or None: the first alternative that exists."""
    cell = inputs_of(source)[symbol]
    if "constant" in cell:
        return Fraction(str(cell["constant"]))
    for alternative in alternatives_of(source, cell):
        if alternative.startswith("="):
            return Fraction(alternative[1:])
        for written in _tables_put_in(alternative, source, item):
            codes = [_put_in(part, source, item, option) for part in written.split("*")]
            if all(code in factors() for code in codes):
                value = Fraction(1)
                for code in codes:
                    value *= factors()[code].value
                return value
    return None


def _tables_put_in(alternative, source, item):
    if "{table}" not in alternative:
        return [alternative]
    return [
        alternative.replace("{table}", table)
        for table, only in fuel_tables(source)
        if only is None or item.upper() in only
    ]


def _put_in(part, source, item, option):
    """Return a code with item and option put in; nothing where they do not fit."""
    if "{item" in part:
        before, _, rest = part.partition("{item")
        listed, _, after = rest.partition("}")
        if not item or (listed and item.upper() not in listed.removeprefix(":").split(",")):
            return ""
        part = f"{before}{item.upper()}{after}"
    key, _, usual = key_of(source)
    if key and f"{{{key}}}" in part:
        chosen = option or usual
        return part.replace(f"{{{key}}}", chosen.upper()) if chosen else ""
    return part


def electricity_factor(policy, region, year, known_on):
    """Return the factor of the newest data year up to the year: of the grid, or of the nation."""
    rule = next(
        row
        for row in rows("policies.csv")
        if row["policy"] == policy
        and int(row["first_year"] or 0) <= year <= int(row["last_year"] or 9999)
    )
    place = rule["place"] if rule["place"] == "national" else _grid(region, year)
    documents = {row["document"]: row["published"] for row in rows("documents.csv")}
    known = [
        (int(row["data_year"]), row["value"])
        for row in rows("electricity_factors.csv")
        if (row["metric"], row["place"]) == (rule["metric"], place)
        and int(row["data_year"]) <= year
        and (documents[row["document"]] or f"{row['data_year']}-01-01") <= known_on.isoformat()
    ]
    return Fraction(max(known)[1])


def _grid(region, year):
    fitting = [
        row
        for row in rows("grid_places.csv")
        if region.startswith(row["prefix"])
        and int(row["first_year"] or 0) <= year <= int(row["last_year"] or 9999)
    ]
    return max(fitting, key=lambda row: len(row["prefix"]))["grid"]
