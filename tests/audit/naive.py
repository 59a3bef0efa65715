"""RFC 6962, 2.1, word for word: the definitions over a list of leaf hashes D, none of the code's shortcuts."""

from hashlib import sha256


def split(n):
    """k, the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


class Naive:
    """MTH, PATH and PROOF over leaf hashes; an MTH is remembered, since the tests ask for the same ones often."""

    def __init__(self, leaf_hashes):
        self.leaf_hashes = leaf_hashes
        self.known = {}

    def mth(self, start, end):
        """MTH(D[start:end])."""
        if (start, end) not in self.known:
            self.known[start, end] = self._mth(start, end)
        return self.known[start, end]

    def _mth(self, start, end):
        n = end - start
        if n == 0:
            return sha256(b"").digest()
        if n == 1:
            return self.leaf_hashes[start]
        k = split(n)
        return sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end)).digest()

    def path(self, m, start, end):
        """PATH(m, D[start:end])."""
        n = end - start
        if n == 1:
            return []
        k = split(n)
        if m < k:
            return [*self.path(m, start, start + k), self.mth(start + k, end)]
        return [*self.path(m - k, start + k, end), self.mth(start, start + k)]

    def proof(self, m, n):
        """PROOF(m, D[n])."""
        return self._subproof(m, 0, n, True)

    def _subproof(self, m, start, end, b):
        n = end - start
        if m == n:
            return [] if b else [self.mth(start, end)]
        k = split(n)
        if m <= k:
            return [*self._subproof(m, start, start + k, b), self.mth(start + k, end)]
        return [*self._subproof(m - k, start + k, end, False), self.mth(start, start + k)]


def inclusion_sides(m, n):
    """On which side each hash of PATH(m, D[n]) stands: all that a proof knows of the sizes."""
    if n == 1:
        return []
    k = split(n)
    return [*inclusion_sides(m, k), "right"] if m < k else [*inclusion_sides(m - k, n - k), "left"]


def consistency_sides(m, n, b=True):
    """The same of PROOF(m, D[n]), and whether it begins with the root of the first tree or with a hash of its own."""
    if m == n:
        return ["root"] if b else ["hash"]
    k = split(n)
    if m <= k:
        return [*consistency_sides(m, k, b), "right"]
    return [*consistency_sides(m - k, n - k, False), "left"]
