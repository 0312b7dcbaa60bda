"""Every kind of formula once more, one record at a time, in exact fractions.

`q` gives a quantity of the record with its default, `has` whether the record itself states it.
"""

from fractions import Fraction

from tests.services.standards.slow import steam

CARBON, METHANE, NITROGEN = Fraction(44, 12), Fraction(16, 12), Fraction(44, 28)
KG_IN_T = 1000


def fuel(q, has, _source):
    if has("AD"):
        carbon = q("AD") * 1000 * q("CC")
    elif has("C") or has("C_ar"):
        carbon = q("FC") * q("C_ar" if has("C_ar") else "C")
    elif has("C_ad"):
        carbon = q("FC") * q("C_ad") * (1 - q("M_ar")) / (1 - q("M_ad"))
    else:
        carbon = q("FC") * q("NCV") * q("CC")
    oxidation = None if has("G_slag") else q("OF")
    if oxidation is None:
        unburnt = q("G_slag") * q("C_slag") + q("G_ash") * q("C_ash") / q("eta")
        oxidation = 1 - unburnt / carbon
    burnt = carbon * oxidation * CARBON
    share = q("BF") if has("BF") else 0
    return {"CO2": burnt * (1 - share)}


def mass_times_factors(q, _has, source):
    product = Fraction(1)
    for symbol in source["symbols"]:
        product *= q(symbol)
    return {"CO2": product}


def carbon_mass(q, has, source):
    if "FR0" in source["symbols"]:
        meal = q("Q_raw") if has("Q_raw") else q("Q_clinker") * q("raw_ratio")
        return {"CO2": meal * q("FR0") * CARBON}
    return {"CO2": mass_times_factors(q, has, source)["CO2"] * CARBON}


def anode(q, has, _source):
    net = q("Q_anode_gross") * (1 - q("butt")) if has("Q_anode_gross") else q("P") * q("NC")
    return {"CO2": net * (1 - q("S") - q("A")) * CARBON}


def oxide_balance(q, _has, _source):
    mass = q("Q_clinker") + q("dust_kiln") + q("dust_bypass")
    lime, magnesia = q("FR1") - q("FR10"), q("FR2") - q("FR20")
    return {"CO2": mass * (lime * Fraction(44, 56) + magnesia * Fraction(44, 40))}


def carbonate_mix(q, _has, _source):
    share = q("share_CaCO3") * Fraction(44, 100) + q("share_MgCO3") * Fraction(44, 84)
    return {"CO2": q("Q") * q("eta") * share}


def gas_loss(q, _has, source):
    return {source["gases"][0]: (q("capacity_kg") - q("recovered_kg")) / KG_IN_T}


def grid_losses(q, _has, _source):
    return {"CO2": (q("in_grid") + q("import") - q("export") - q("sold")) * q("EF")}


def product_gas(q, has, source):
    if len(source["gases"]) == 2:
        cf4, c2f6 = q("EF_CF4"), q("EF_C2F6")
        if has("AEM"):
            cf4 = q("slope_CF4") * q("AEM")
            c2f6 = q("ratio_C2F6") * cf4
        return {"CF4": q("P") * cf4 / KG_IN_T, "C2F6": q("P") * c2f6 / KG_IN_T}
    mass = q("P") * q("EF")
    if source["symbols"]["EF"]["unit"] == "kg/t":
        mass /= KG_IN_T
    if "eta" in source["symbols"]:
        mass *= 1 - q("eta") * q("mu")
    return {source["gases"][0]: mass}


def gas_volume(q, has, source):
    gas = source["gases"][0]
    if "V" in source["symbols"]:
        return {gas: q("V") * q("purity") * q("rho")}
    by_flow = "avg_m3_per_min"
    left = q(by_flow) * q("days") * 1440 / 10_000 if has(by_flow) else q("vent")
    left += q("drain") - q("use")
    if "flare" in source["symbols"]:
        left -= q("flare")
    return {gas: left * q("rho")}


def flare(q, has, _source):
    if has("CC"):
        content = q("CC")
    else:
        atoms = {"CH4": 1, "C2H6": 2, "C3H8": 3, "C4H10": 4, "C5H12": 5, "C2H4": 2, "C3H6": 3}
        content = sum(12 * n * q(gas) for gas, n in (atoms | {"CO": 1}).items())
        content = content * 10 / Fraction("22.4")
    return {"CO2": q("V") * (content * q("OF") * CARBON + q("CO2") * q("rho_CO2"))}


def waste_water(q, _has, source):
    removed = q("W") * (q("COD_in") - q("COD_out")) - q("S")
    return {source["gases"][0]: (removed * q("Bo") * q("MCF") - q("R")) / KG_IN_T}


def electricity(q, has, _source):
    zero = q("MWh_nonfossil") if has("MWh_nonfossil") else 0
    return {"CO2": (q("MWh") - zero) * q("EF")}


def heat(q, has, _source):
    if has("GJ"):
        return {"CO2": q("GJ") * q("EF")}
    if not has("P"):
        above = steam.water(q("T"))
    elif not has("T"):
        above = steam.saturated(q("P"))
    else:
        above = steam.superheated(q("P"), q("T"))
    return {"CO2": q("t") * above / 1000 * q("EF")}


def activity(q, _has, source, kg=1):
    first = next(iter(source["symbols"]))
    one = "EF" in source["symbols"]
    return {gas: q(first) * q("EF" if one else f"EF_{gas}") / kg for gas in source["gases"]}


def activity_in_kg(q, has, source):
    return activity(q, has, source, KG_IN_T)


def combustion_gases(q, has, source):
    tj = q("AD") if has("AD") else q("FC") * q("NCV") / 1000
    return {gas: tj * q(f"EF_{gas}") / KG_IN_T for gas in source["gases"]}


def non_energy(q, has, _source):
    gj = q("AD") * 1000 if has("AD") else q("FC") * q("NCV")
    return {"CO2": gj * q("CC") * (1 - q("fixed")) * CARBON}


def coal_seam(q, _has, _source):
    return {"CH4": (q("P") * q("EF") - q("R")) * q("rho") / KG_IN_T}


def clinker(q, _has, _source):
    return {"CO2": q("EF") * (q("Q_clinker") - q("Q_slag_clinker"))}


def steel(q, _has, _source):
    fluxes = sum(q(f"Q_{flux}") * q(f"EF_{flux}") for flux in ("limestone", "dolomite"))
    lost = q("Q_pig_iron") * q("C_pig_iron") - q("Q_steel") * q("C_steel")
    return {"CO2": fluxes + lost * CARBON}


def byproduct(q, _has, source):
    return {source["gases"][0]: q("P") * q("EF") / KG_IN_T - q("destroyed")}


def farmland(q, _has, _source):
    return {"N2O": (q("N_fert") + q("N_manure") + q("N_straw")) * q("EF") * NITROGEN}


def deposition(q, _has, _source):
    lost = q("N_excreted") * q("volatil_manure") + q("N_fert") * q("volatil_fert")
    return {"N2O": lost * q("EF") * NITROGEN}


def leaching(q, _has, _source):
    return {"N2O": q("N_input") * q("leached") * q("EF") * NITROGEN}


def forest_conversion(q, _has, source):
    carbon = q("area") * (q("B_before") - q("B_after")) * q("share") * q("CF")
    if "oxidized" in source["symbols"]:
        carbon *= q("oxidized")
    found = {"CO2": carbon * CARBON}
    if "CH4" in source["gases"]:
        found["CH4"] = carbon * q("ratio_CH4") * METHANE
        found["N2O"] = carbon * q("NC_N2O") * q("ratio_N2O") * NITROGEN
    return found


def landfill(q, has, _source):
    parts = ("paper", "textile", "food", "wood", "garden")
    organic = q("DOC") if has("DOC") else sum(q(f"W_{p}") * q(f"DOC_{p}") for p in parts)
    made = q("MSW_T") * q("MSW_F") * q("MCF") * organic * q("DOCf") * q("F") * METHANE
    return {"CH4": (made - q("R")) * (1 - q("OX"))}


def treated_water(q, has, source):
    organic = q("TOW") if has("TOW") else q("COD") * q("BOD_COD")
    if "S" in source["symbols"]:
        organic -= q("S")
    return {"CH4": organic * q("Bo") * q("MCF") - q("R")}


def sewage(q, _has, _source):
    nitrogen = q("population") * q("Pr") * q("F_NPR") * q("F_NON_CON") * q("F_IND_COM") - q("N_S")
    return {"N2O": nitrogen * q("EF_E") * NITROGEN / KG_IN_T}


KINDS = {
    "ACTIVITY_T": activity,
    "ACTIVITY_KG": activity_in_kg,
    "BIOMASS": activity_in_kg,
    "COMBUSTION_GAS": combustion_gases,
    "NON_ENERGY": non_energy,
    "COAL_SEAM": coal_seam,
    "CLINKER_EF": clinker,
    "STEEL_BALANCE": steel,
    "BYPRODUCT_GAS": byproduct,
    "FARMLAND_N2O": farmland,
    "DEPOSITION_N2O": deposition,
    "LEACHING_N2O": leaching,
    "FOREST_CONVERSION": forest_conversion,
    "LANDFILL": landfill,
    "TREATED_WATER": treated_water,
    "SEWAGE_N2O": sewage,
    "FUEL": fuel,
    "MASS_EF": mass_times_factors,
    "CARBON_MASS": carbon_mass,
    "ANODE": anode,
    "OXIDE_BALANCE": oxide_balance,
    "CARBONATE_MIX": carbonate_mix,
    "GAS_LOSS": gas_loss,
    "TD_LOSS": grid_losses,
    "PRODUCT_GAS": product_gas,
    "GAS_VOLUME": gas_volume,
    "FLARE": flare,
    "COD_CH4": waste_water,
    "ELECTRICITY": electricity,
    "HEAT": heat,
}
