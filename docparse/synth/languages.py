"""The languages that pages are written in: their letters and how they set figures, dates and quotes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """``letters`` are those that a font must have; ``weight`` is how often the language is chosen."""

    code: str
    weight: float
    letters: str
    locale: str
    """Of faker, for names and addresses."""
    quotes: str = "“”"
    comma: bool = True
    """Whether decimals are parted by a comma."""
    currency: str = "€"
    months: tuple[str, ...] = ()


_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюяёАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЭЮЯ"
_UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЮЯ"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"


def _months(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_ENGLISH_MONTHS = _months("January February March April May June July August September October November December")

LANGUAGES = {
    language.code: language
    for language in (
        Language("en", 12, _LATIN, "en_US", comma=False, currency="$", months=_ENGLISH_MONTHS),
        Language(
            "de",
            3,
            _LATIN + "äöüßÄÖÜ",
            "de_DE",
            "„“",
            months=_months("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
        ),
        Language(
            "fr",
            3,
            _LATIN + "àâçéèêëîïôùûüœÀÉÈ",
            "fr_FR",
            "«»",
            months=_months("janvier février mars avril mai juin juillet août septembre octobre novembre décembre"),
        ),
        Language(
            "es",
            2.5,
            _LATIN + "áéíñóúü¿¡ÁÉÍÑÓÚ",
            "es_ES",
            "«»",
            months=_months(
                "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
            ),
        ),
        Language(
            "it",
            1.5,
            _LATIN + "àèéìòùÈ",
            "it_IT",
            months=_months(
                "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
            ),
        ),
        Language("pt", 1.2, _LATIN + "áâãàçéêíóôõúÁÉ", "pt_BR", currency="R$"),
        Language("nl", 1, _LATIN + "ëïéö", "nl_NL"),
        Language("pl", 1, _LATIN + "ąćęłńóśźżŁŚŻ", "pl_PL", "„”", currency="zł"),
        Language("sv", 0.7, _LATIN + "åäöÅÄÖ", "sv_SE", "””", currency="kr"),
        Language("cs", 0.7, _LATIN + "áčďéěíňóřšťúůýžČŘŠŽ", "cs_CZ", "„“", currency="Kč"),
        Language("da", 0.5, _LATIN + "æøåÆØÅ", "da_DK", currency="kr."),
        Language("fi", 0.4, _LATIN + "äöÄÖ", "fi_FI", "””"),
        Language("hu", 0.4, _LATIN + "áéíóöőúüűÁÉÖ", "hu_HU", "„”", currency="Ft"),
        Language("ro", 0.4, _LATIN + "ăâîșțȘȚ", "ro_RO", "„”", currency="lei"),
        Language("tr", 0.4, _LATIN + "çğıöşüİÇÖŞ", "tr_TR", currency="TL"),
        Language("ru", 1.6, _RUSSIAN, "ru_RU", "«»", currency="руб."),
        Language("uk", 0.8, _UKRAINIAN, "uk_UA", "«»", currency="грн"),
        Language("el", 0.8, _GREEK, "el_GR", "«»"),
    )
}
