"""Witnesses (https://c2sp.org/tlog-witness): `witness` and `app` are one, `asking` asks one for its cosignature."""
