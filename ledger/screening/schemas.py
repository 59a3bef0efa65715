"""The schemas of FollowTheMoney in which names are asked for, and whom each is compared with."""

from ledger.exports.entities import SCHEMAS

_PARENTS = {
    "Thing": (),
    "LegalEntity": ("Thing",),
    "Person": ("LegalEntity",),
    "Organization": ("LegalEntity",),
    "PublicBody": ("Organization",),
    "Asset": ("Thing",),
    "Company": ("Organization", "Asset"),
    "Vehicle": ("Asset",),
    "Vessel": ("Vehicle",),
    "Airplane": ("Vehicle",),
    "Territory": ("Thing",),
    "Country": ("Territory",),
}
"""Each schema with those that it is a kind of: what of the model is somebody or something with a name."""
ASKED = tuple(_PARENTS)
ANY = "Thing"


def categories(schema: str) -> frozenset[str]:
    """The categories of the actors that an entity of `schema` may be: of that schema, of a kind of it, or of what it
    is a kind of, since a list often does not say more."""
    return frozenset(
        category
        for category, other in SCHEMAS.items()
        if other in _with_parents(schema) or schema in _with_parents(other)
    )


def _with_parents(schema: str) -> frozenset[str]:
    return frozenset({schema}).union(*map(_with_parents, _PARENTS[schema]))
