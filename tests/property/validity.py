""" "What no state could make right is invalid": the shapes of what is posted, and the references, judged once.

A shape is the name of a kind of value, or a list of one such name: a list of those.
"""

import re
from datetime import date

INSTRUMENTS = """asset_freeze transaction_ban capital_market_restriction investment_ban procurement_ban
claims_prohibition travel_ban visa_restriction exit_ban arms_embargo export_control import_ban tariff trade_quota
entity_listing services_ban sectoral_sanction port_ban airspace_ban transport_ban expulsion mission_closure recall
relations_break movement_restriction membership_suspension talks_suspension preference_withdrawal
legal_cooperation_suspension media_ban technology_ban aid_suspension military_cooperation_suspension other""".split()
GROUNDS = """human_rights territorial_integrity autonomy_erosion democracy terrorism proliferation chemical_weapons
armed_conflict corruption organised_crime cyber interference national_security unfair_trade sanctions_evasion
maritime_claims response internal_affairs detention other""".split()
ACTOR_CATEGORIES = """state territory international_organisation government_body organisation company person group
vessel aircraft""".split()
ACT_CATEGORIES = "legislation conduct statement threat contingency proposal appeal negotiation ruling".split()
ATTRIBUTIONS = "official reported alleged".split()
AGREEMENT_CATEGORIES = """extradition mutual_legal_assistance trade investment arms_control defence visa transport
fisheries tax science cultural other""".split()
CODES = {
    "instrument": INSTRUMENTS,
    "ground": GROUNDS,
    "actor category": ACTOR_CATEGORIES,
    "act category": ACT_CATEGORIES,
    "attribution": ATTRIBUTIONS,
    "agreement category": AGREEMENT_CATEGORIES,
    "stage": ["announced", "in_force"],
}

# "The terms"
TERMS = {
    "measure": {
        "title": "text",
        "description": "text",
        "imposed_by": ["actor"],
        "authorities": ["actor"],
        "targets": ["target"],
        "instruments": ["instrument"],
        "grounds": ["ground"],
        "topics": ["slug"],
        "legal_basis": ["text"],
        "programmes": ["slug"],
        "exemptions": ["text"],
        "expires_on": "day",
        "in_response_to": ["answered"],
    },
    "agreement": {
        "title": "text",
        "description": "text",
        "parties": ["actor"],
        "category": "agreement category",
        "text_reference": "text",
        "topics": ["slug"],
    },
    "act": {
        "category": "act category",
        "title": "text",
        "description": "text",
        "by": ["actor"],
        "affects": ["actor"],
        "attribution": "attribution",
        "attributed_to": ["actor"],
        "topics": ["slug"],
        "in_response_to": ["answered"],
    },
    "actor": {
        "category": "actor category",
        "name": "text",
        "aliases": ["text"],
        "weak_aliases": ["text"],
        "countries": ["actor"],
        "part_of": ["actor"],
        "positions": ["position"],
        "birth_dates": ["edtf"],
        "identifiers": ["identifier"],
        "description": "text",
    },
}
IS_LIST = {kind: {member: isinstance(shape, list) for member, shape in terms.items()} for kind, terms in TERMS.items()}

WHY = {"by": ["actor"], "in_response_to": ["answered"], "reason": "text"}
CHANGE = {"set": "set", "add": "add", "remove": "remove"}

# What each type may carry in `data`, and what it must.
CARRIES = {
    ("measure", "announced"): TERMS["measure"],
    ("measure", "imposed"): TERMS["measure"],
    ("measure", "reciprocated"): {**TERMS["measure"], "stage": "stage"},
    ("measure", "amended"): {**CHANGE, **WHY},
    ("measure", "suspended"): {"scope": "scope", "until": "day", **WHY},
    ("measure", "reinstated"): WHY,
    ("measure", "renewed"): {"expires_on": "day", **WHY},
    ("measure", "lifted"): WHY,
    ("agreement", "concluded"): TERMS["agreement"],
    ("agreement", "amended"): {**CHANGE, **WHY},
    ("agreement", "suspended"): {"scope": "text", "until": "day", **WHY},
    ("agreement", "reinstated"): WHY,
    ("agreement", "terminated"): WHY,
    ("act", "reported"): TERMS["act"],
    ("actor", "registered"): TERMS["actor"],
    ("actor", "updated"): CHANGE,
    ("actor", "merged"): {"into": "actor"},
    **{
        (kind, type_): carried
        for kind in TERMS
        for type_, carried in {
            "corrected": {"of": "sequence", "effective_on": "edtf", "data": "any", "reason": "text"},
            "retracted": {"of": "sequence", "reason": "text"},
        }.items()
    },
}
MUST = {
    # "announced or reciprocated without title and imposed_by, concluded, reported or registered without a title or
    # name", "a missing category"
    ("measure", "announced"): ["title", "imposed_by"],
    ("measure", "reciprocated"): ["title", "imposed_by", "in_response_to"],
    ("measure", "renewed"): ["expires_on"],
    ("agreement", "concluded"): ["title", "category"],
    ("agreement", "suspended"): ["by"],
    ("agreement", "reinstated"): ["by"],
    ("act", "reported"): ["category", "title"],
    ("actor", "registered"): ["category", "name"],
    ("actor", "merged"): ["into"],
    **{(kind, meta): ["of"] for kind in TERMS for meta in ("corrected", "retracted")},
}

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"


def without_nulls(data):
    """ "In set, null or [] clears; elsewhere in data null is as if left out"."""
    if isinstance(data, list):
        return [without_nulls(one) for one in data]
    if not isinstance(data, dict):
        return data
    kept = {name: value if name == "set" else without_nulls(value) for name, value in data.items()}
    return {name: value for name, value in kept.items() if value is not None}


# -------------------------------------------------------------------------------------------------------- problems


def problems(draft, before):
    """What is wrong with a posted event whatever the state, the ledger holding `before`: a list of sentences."""
    if unknown := set(draft) - {"type", "subject", "effective_on", "data", "sources", "comment", "expected_version"}:
        return [f"unknown member {name}" for name in sorted(unknown)]
    subject = draft["subject"]
    if not is_name(subject, *TERMS):
        return [f"no subject: {subject!r}"]
    kind, type_ = subject.split(":")[0], draft["type"]
    if (kind, type_) not in CARRIES:
        return [f"no {type_} of {kind}"]
    wrong = wrong_day(draft) + wrong_data(kind, type_, draft.get("data"), subject, before)
    if type_ in ("corrected", "retracted") and not wrong:
        wrong += wrong_naming(draft, before)
    return wrong


def wrong_day(draft):
    given = draft.get("effective_on")
    if draft["type"] in ("corrected", "retracted"):
        # "corrected and retracted have no effective_on of their own"
        return [] if given is None else ["an effective_on of its own"]
    if given is None:
        # "registered may leave out effective_on"
        return [] if draft["type"] == "registered" else ["no effective_on"]
    return [] if is_edtf(given) else [f"no day: {given!r}"]


def wrong_naming(draft, before):
    """ "an of that is no event of this subject is validation-error"; "new data are judged by" the type."""
    data = without_nulls(draft["data"])
    named = [event for event in before if event["sequence"] == data["of"] and event["subject"] == draft["subject"]]
    if not named:
        return ["of: no event of this subject"]
    if draft["type"] == "retracted":
        return []
    if "effective_on" not in data and "data" not in data:
        return ["neither effective_on nor data"]
    if "data" not in data or named[0]["type"] in ("corrected", "retracted"):
        return []
    kind = draft["subject"].split(":")[0]
    return wrong_data(kind, named[0]["type"], data["data"], draft["subject"], before)


def wrong_data(kind, type_, data, subject, before):
    data = without_nulls(data or {})
    wrong = [f"{type_} without {name}" for name in MUST.get((kind, type_), []) if not data.get(name)]
    for name, value in data.items():
        shape = CARRIES[kind, type_].get(name)
        if shape is None:
            wrong.append(f"unknown member {name}")
        elif shape in ("set", "add", "remove"):
            wrong += wrong_change(kind, shape, value, subject, before)
        else:
            wrong += wrong_value(shape, value, subject, before)
    # "attributed_to (actors; required where attribution is alleged: who says so)"
    if kind == "act" and data.get("attribution") == "alleged" and not data.get("attributed_to"):
        wrong.append("alleged, and nobody says so")
    return wrong


def wrong_change(kind, operation, change, subject, before):
    wrong = []
    for member, value in change.items():
        shape = TERMS[kind].get(member)
        if shape is None:
            wrong.append(f"{operation} of unknown member {member}")
        elif operation == "set":
            wrong += [] if value is None else wrong_value(shape, value, subject, before)
        elif not isinstance(shape, list):
            wrong.append(f"{operation} of {member}, which is no list")
        else:
            named = ["named target"] if shape == ["target"] and operation == "remove" else shape
            wrong += wrong_value(named, value, subject, before)
    return wrong


def wrong_value(shape, value, subject, before):
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"no list: {value!r}"]
        return [problem for one in value for problem in wrong_value(shape[0], one, subject, before)]
    if shape == "any":
        return []
    if shape in ("target", "named target", "scope", "position", "identifier"):
        return wrong_object(shape, value, subject, before)
    if shape in ("actor", "answered"):
        return wrong_reference(shape, value, subject, before)
    right = {
        "text": lambda: isinstance(value, str) and is_text(value),
        "slug": lambda: isinstance(value, str) and len(value) <= 120 and re.fullmatch(SLUG, value),
        "day": lambda: isinstance(value, str) and is_day(value),
        "edtf": lambda: isinstance(value, str) and is_edtf(value),
        "sequence": lambda: type(value) is int,
    }
    if shape in CODES:
        return [] if value in CODES[shape] else [f"no {shape}: {value!r}"]
    return [] if right[shape]() else [f"no {shape}: {value!r}"]


OBJECTS = {
    "scope": ({"targets": ["named target"], "instruments": ["instrument"]}, []),
    "position": ({"title": "text", "at": "actor", "from": "edtf", "to": "edtf", "former": "any"}, ["title"]),
    "identifier": ({"scheme": "text", "value": "text"}, ["scheme", "value"]),
}


def wrong_object(shape, value, subject, before):
    if not isinstance(value, dict):
        return [f"no {shape}: {value!r}"]
    if shape in ("target", "named target"):
        own = {"instruments": ["instrument"]} if shape == "target" else {}
        group = {"description": "text", "related_to": ["actor"]} if shape == "target" else {"description": "text"}
        told_apart_by = "actor" if "actor" in value else "description"
        carried, must = {"actor": "actor", **own} if "actor" in value else {**group, **own}, [told_apart_by]
    else:
        carried, must = OBJECTS[shape]
    wrong = [f"{shape} without {name}" for name in must if name not in value]
    for name, part in value.items():
        wrong += wrong_value(carried[name], part, subject, before) if name in carried else [f"unknown member {name}"]
    return wrong


def wrong_reference(shape, name, subject, before):
    """ "References (actors, in_response_to) are judged once, when the event is appended, against what the ledger holds
    by then, whatever the dates"."""
    kinds = ("actor",) if shape == "actor" else ("measure", "act", "agreement")
    if not is_name(name, *kinds):
        return [f"no {' or '.join(kinds)}: {name!r}"]
    if shape == "answered" and name == subject:
        return ["a subject does not answer itself"]
    return [] if any(event["subject"] == name for event in before) else [f"not held: {name}"]


# ----------------------------------------------------------------------------------------------------------- texts


def is_name(text, *kinds):
    if not isinstance(text, str):
        return False
    match = re.fullmatch(f"([a-z]+):({SLUG})", text)
    return bool(match) and match[1] in kinds and len(match[2]) <= 120


def is_text(text):
    """ "a NUL or a lone surrogate is refused, and so is text that is blank where text is required"."""
    return bool(text.strip()) and "\0" not in text and not re.search("[\ud800-\udfff]", text)


def is_day(text):
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_edtf(text):
    """ "in one of these forms of EDTF and no other"."""
    if match := re.fullmatch(r"\[(.{10})\.\.(.{10})\]", text):
        return is_day(match[1]) and is_day(match[2]) and match[1] <= match[2]
    if match := re.fullmatch(r"\[\.\.(.{10})\]", text):
        return is_day(match[1])
    text = text[:-1] if text[-1:] in ("~", "?", "%") else text
    if re.fullmatch(r"\d{4}-\d{2}", text, re.ASCII):
        return is_day(text + "-01")
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return is_day(text + "-01-01")
    return is_day(text)
