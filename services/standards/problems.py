"""What can be wrong with an order for a calculation: each names cell, value and a way out."""

from __future__ import annotations

import json

from services.errors import PlatformError

SHOWN = 80
LOG10_OF_2 = 0.30103


def shown(value: object) -> str:
    """Return a value as it may stand in a message: as it was typed, and never long."""
    text = value if isinstance(value, str) else _written(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _written(value: object) -> str:
    if isinstance(value, int) and abs(value) > 10**SHOWN:
        # Python refuses to write out very long integers.
        return f"{'-' if value < 0 else ''}1e{int(value.bit_length() * LOG10_OF_2)}"
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        return type(value).__name__


class UnreadableFileError(PlatformError):
    """The file cannot be opened or is no text in UTF-8."""

    text_key = "unreadable_file"


class BadJsonError(PlatformError):
    """The text is no JSON."""

    text_key = "bad_json"


class DuplicateKeyError(PlatformError):
    """A JSON object names a key twice, or once more by another name."""

    text_key = "duplicate_key"


class MissingFieldError(PlatformError):
    """A field that every order needs is not there."""

    text_key = "missing_field"


class UnknownFieldError(PlatformError):
    """A field is not part of the contract."""

    text_key = "unknown_field"


class WrongTypeError(PlatformError):
    """A field holds another kind of value than it must."""

    text_key = "wrong_type"


class UnknownMethodError(PlatformError):
    """No method of this designation is in the catalogue."""

    text_key = "unknown_method"


class MethodNotLoadedError(PlatformError):
    """The method is known by name and dates only."""

    text_key = "method_not_loaded"


class MethodNotValidError(PlatformError):
    """The accounting period lies outside the days a method is valid."""

    text_key = "method_not_valid"


class MethodNotKnownError(PlatformError):
    """On the day of knowledge the method was not published yet."""

    text_key = "method_not_known"


class BadYearError(PlatformError):
    """The year is no whole number of a sensible size."""

    text_key = "bad_year"


class BadDateError(PlatformError):
    """A date is not written as YYYY-MM-DD or does not exist."""

    text_key = "bad_date"


class BadPurposeError(PlatformError):
    """The purpose is neither voluntary nor ets."""

    text_key = "bad_purpose"


class BadPeriodError(PlatformError):
    """The period is not two days in order within the year."""

    text_key = "bad_period"


class UnknownGwpSetError(PlatformError):
    """The set of warming potentials is not known."""

    text_key = "unknown_gwp_set"


class UnknownRegionError(PlatformError):
    """The code of an administrative division is not known."""

    text_key = "unknown_region"


class NoRecordsError(PlatformError):
    """There is nothing to compute."""

    text_key = "no_records"


class UnknownSourceError(PlatformError):
    """The method has no such emission source."""

    text_key = "unknown_source"


class UnknownItemError(PlatformError):
    """The source has no such fuel, material or product."""

    text_key = "unknown_item"


class UnknownSymbolError(PlatformError):
    """The source has no such quantity."""

    text_key = "unknown_symbol"


class UnusedKeyError(PlatformError):
    """A record gives a key that its source does not use."""

    text_key = "unused_key"


class UnknownOptionError(PlatformError):
    """A key of the record names an option that does not exist."""

    text_key = "unknown_option"


class UnknownUnitError(PlatformError):
    """The name of a unit is not known."""

    text_key = "unknown_unit"


class UnlikeUnitError(PlatformError):
    """The unit measures something else than the quantity."""

    text_key = "unlike_unit"


class NotANumberError(PlatformError):
    """A quantity is no number."""

    text_key = "not_a_number"


class NotFiniteError(PlatformError):
    """A quantity is infinite, not a number, or too long to be read."""

    text_key = "not_finite"


class NegativeError(PlatformError):
    """A quantity is below zero."""

    text_key = "negative_quantity"


class ShareTooLargeError(PlatformError):
    """A share is above one, or a percentage above a hundred."""

    text_key = "share_too_large"


class AboveCeilingError(PlatformError):
    """A quantity is above what is possible for it."""

    text_key = "above_ceiling"


class TooLargeError(PlatformError):
    """A quantity is larger than anything that exists."""

    text_key = "too_large"


class BadOriginError(PlatformError):
    """The origin of a given value is neither measured nor estimated."""

    text_key = "bad_origin"


class MissingItemError(PlatformError):
    """No item is named, so that no default can fill what is missing."""

    text_key = "missing_item"


class MissingKeyError(PlatformError):
    """No option of the key is named, so that no default can fill what is missing."""

    text_key = "missing_key"


class MissingQuantityError(PlatformError):
    """A quantity is missing that has no default."""

    text_key = "missing_quantity"


class ConflictingQuantityError(PlatformError):
    """A quantity is given that the others make meaningless."""

    text_key = "conflicting_quantity"


class FactorNotInForceError(PlatformError):
    """The default of a quantity did not apply or was not known at that date."""

    text_key = "factor_not_in_force"


class GridUnknownError(PlatformError):
    """A place has no regional grid factor in that year."""

    text_key = "grid_unknown"


class GridFactorMissingError(PlatformError):
    """No grid factor of the year or before was known."""

    text_key = "grid_factor_missing"


class OxideShareError(PlatformError):
    """More oxide from other sources than there is in the clinker."""

    text_key = "oxide_share"


class ShareSumError(PlatformError):
    """Shares of one whole add up to more than one."""

    text_key = "share_sum"


class PartAboveWholeError(PlatformError):
    """What is a part of a quantity is more than it."""

    text_key = "part_above_whole"


class NegativeResultError(PlatformError):
    """What is taken away is more than there is."""

    text_key = "negative_result"


class NegativeBalanceError(PlatformError):
    """More carbon leaves a balance than enters it."""

    text_key = "negative_balance"


class EmptyCompositionError(PlatformError):
    """A flared gas has neither carbon content nor composition."""

    text_key = "empty_composition"


class HalfAbatementError(PlatformError):
    """An abatement has an efficiency or a use of zero, so that it changes nothing."""

    text_key = "half_abatement"


class NonfossilError(PlatformError):
    """Non-fossil electricity counts as zero and needs evidence."""

    text_key = "nonfossil"


class UnknownBiomassError(PlatformError):
    """The carbon content of a biomass is unknown, and so its CO2 beside the total."""

    text_key = "biomass_unknown"


class GwpMissingError(PlatformError):
    """The report of a set of warming potentials gives none for a gas."""

    text_key = "gwp_missing"


class NotPositiveError(PlatformError):
    """A quantity that divides another is zero."""

    text_key = "not_positive"


class AshCarbonError(PlatformError):
    """Slag and ash hold more carbon than the fuel."""

    text_key = "ash_carbon"


class WaterTemperatureError(PlatformError):
    """Hot water is colder than 20 °C or hotter than water can be."""

    text_key = "water_temperature"


class SteamOutsideError(PlatformError):
    """The state of steam lies outside the printed tables."""

    text_key = "steam_outside"


class NearSaturationError(PlatformError):
    """A temperature just below saturation may mean steam or water."""

    text_key = "near_saturation"


class ResultTooLargeError(PlatformError):
    """The result of a record is not a finite number."""

    text_key = "result_too_large"


class UnusualValueError(PlatformError):
    """A value outside the usual range of its kind."""

    text_key = "unusual_value"


class ZeroFactorError(PlatformError):
    """An electricity factor of zero needs evidence."""

    text_key = "zero_factor"


class SuspectSteamError(PlatformError):
    """The printed steam table disagrees with IAPWS-97 at this state."""

    text_key = "suspect_steam"


class LiquidSteamError(PlatformError):
    """The state given is liquid water, not steam."""

    text_key = "liquid_steam"


class UsageError(PlatformError):
    """The command line cannot be understood."""

    text_key = "usage"
