import pytest

from docparse.content.language import language_of, valid_tag
from docparse.content.whole import make_whole
from docparse.document import Paragraph

from .pages import document, page

SENTENCES = {
    "ar": (
        "الميناء مفتوح طوال السنة من الصباح إلى المساء، كما أن السفن التي تصل في الليل تنتظر على الرصيف مع غيرها."
    ),
    "cs": (
        "Přístav je otevřený po celý rok a lodě, které připlují v noci, čekají "
        "na kotvišti, ale podle řádu se platí do rána."
    ),
    "da": (
        "Havnen er åben hele året, og de skibe, der kommer om natten, venter på, at vandet stiger; "
        "det er af hensyn til havnen."
    ),
    "de": (
        "Der Hafen ist das ganze Jahr offen, und die Schiffe, die nachts "
        "kommen, warten auf der Reede, bis sich der Nebel hebt."
    ),
    "el": "Το λιμάνι είναι ανοιχτό όλο τον χρόνο και τα πλοία περιμένουν.",
    "en": (
        "The harbour is open all the year, and the ships which come in by night wait for the tide with the lights on."
    ),
    "es": (
        "El puerto está abierto todo el año, y los barcos que llegan por la "
        "noche esperan en la rada a que suba la marea."
    ),
    "fi": (
        "Satama on auki koko vuoden, ja laivat ovat redillä kun vesi on "
        "matalalla, mutta se ei haittaa että on myös yö."
    ),
    "fr": (
        "Le port est ouvert toute l'année, et les bateaux qui arrivent dans la "
        "nuit attendent sur la rade pour la marée."
    ),
    "he": "הנמל פתוח כל השנה, והספינות שמגיעות בלילה מחכות לגאות.",
    "it": (
        "Il porto è aperto per tutto il mese di maggio, e le navi che arrivano di notte sono in attesa della marea."
    ),
    "ja": "港は一年中開いていて、夜に着く船は沖で潮を待っている。明かりを消してはならない。水深は十分である。",
    "ko": "항구는 일년 내내 열려 있으며 밤에 도착하는 배는 먼 바다에서 밀물을 기다린다. 등불을 끄지 말아야 한다.",
    "nl": (
        "De haven is het hele jaar open, en de schepen die in de nacht komen wachten op het tij met een licht aan."
    ),
    "pl": (
        "Port jest otwarty przez cały rok, a statki nie czekają na przypływ, że "
        "się boją, lecz od wieczora do rana i po to są."
    ),
    "pt": ("O porto está aberto para todos os navios que chegam de noite, mas não é uma regra com mais de dez anos."),
    "ru": (
        "Порт открыт круглый год, и суда, которые приходят ночью, ждут на "
        "рейде, но не для того, что по ночам это опасно."
    ),
    "sv": (
        "Hamnen är öppen hela året, och de fartyg som kommer om natten väntar "
        "på redden med en lampa för att inte stöta."
    ),
    "th": "ท่าเรือเปิดตลอดทั้งปีและเรือที่มาถึงในเวลากลางคืนต้องรอน้ำขึ้น",
    "uk": (
        "Порт відкритий цілий рік, і судна чекають на рейді не тому, що вночі "
        "небезпечно, але й для того, як це з давніх часів."
    ),
    "zh": "港口全年开放，夜间到达的船只在锚地等待涨潮，灯光不得熄灭。船长应当在到达之前通知港务局，并且缴纳费用。",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_few_sentences_are_enough(language: str) -> None:
    assert language_of([SENTENCES[language]]) == language


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["12.5 13.0 51.8"],
        ["Total 12", "North 9.5"],
        ["Ag Au Cu Fe Hg Li Na Pb Pt Sn Zn " * 9],
        [SENTENCES["en"][:30]],
    ],
)
def test_too_little_or_no_prose_tells_nothing(texts: list[str]) -> None:
    assert language_of(texts) is None


def test_most_of_the_text_decides() -> None:
    assert language_of([SENTENCES["de"]] * 5 + [SENTENCES["en"], SENTENCES["ja"]]) == "de"
    assert language_of(["the und " * 30]) is None


def test_what_the_file_says_comes_second() -> None:
    french = document(page(1, Paragraph(text=SENTENCES["fr"])))
    french.language = "en-US"
    make_whole(french)
    assert french.language == "fr"
    numbers = document(page(1, Paragraph(text="12")))
    numbers.language = "en-US"
    make_whole(numbers)
    assert numbers.language == "en-US"


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("de", "de"),
        ("pt_BR", "pt-BR"),
        (" zh-Hant ", "zh-Hant"),
        ("", None),
        (None, None),
        ("x y", None),
        ("<b>", None),
    ],
)
def test_tags(stated: str | None, tag: str | None) -> None:
    assert valid_tag(stated) == tag
