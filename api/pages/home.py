"""`/`: what changed last?"""

from flask import Response

from api.http.current import ledger
from api.pages.house import page, pages
from ledger.store.events import head_of


@pages.get("/")
def get_home() -> Response:
    """Search, counts, the newest changes."""
    with ledger().reading() as session:
        head = head_of(session)
    return page("home.html", head=head)
