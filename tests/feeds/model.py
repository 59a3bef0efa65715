"""What readings of a list say of every day, reckoned from the pages of the law alone: by states, not by differences."""

from datetime import date, timedelta


def day_of(text):
    return date.fromisoformat(text.rstrip("~"))


class Model:
    """What is known after the readings that were taken."""

    def __init__(self):
        self.stands = {}
        self.said = {}
        self.measures = {}
        """Of each entry what was told of its measure: [day, "on" or "off" or "set", programmes, whether the day is
        known exactly]."""
        self.actors = {}
        self.spells = {}
        self.read = {}
        self.touched = {}

    def take(self, on, entries, whole):
        """A reading of the day `on`: `entries` by slug, each with its members as `made.entry` has them."""
        for slug, entry in entries.items():
            before = self.read.get(entry["group"])
            said = self._take_said(slug, entry)
            update, touched = entry["updated_on"], self.touched.get(entry["group"])
            is_dated = bool(touched) and self._between(update, touched, on)
            changed_on = day_of(update) if is_dated else day_of(on)
            told_of_actor = self.actors.setdefault(slug, [])
            if not told_of_actor or told_of_actor[-1][1:] != [said["name"], said["aliases"]]:
                day = changed_on if told_of_actor else date.min
                told_of_actor.append([day, said["name"], said["aliases"]])
            told = self.measures.setdefault(slug, [])
            if not self.stands.get(slug):
                self._begin(told, slug, entry, before, on)
            else:
                self._correct(told, slug, entry)
                if set(entry["programmes"]) != set(told[-1][2]):
                    told.append([changed_on, "set", entry["programmes"], is_dated])
            self.stands[slug] = entry["group"]
            self.spells[slug]["listed_on"] = entry["listed_on"]
        for slug, group in list(self.stands.items()):
            if group is not None and group in whole and slug not in entries:
                self.measures[slug].append([day_of(on), "off", None, False])
                self.stands[slug] = None
        for group in whole:
            self.read[group] = self.touched[group] = on
        for group in {entry["group"] for entry in entries.values()} & set(self.read):
            self.touched[group] = on

    def _take_said(self, slug, entry):
        known = self.said.get(slug, {"aliases": set()})
        aliases = known["aliases"] if entry["aliases"] is None else set(entry["aliases"])
        if entry["in_part"]:
            aliases = aliases | known["aliases"]
        self.said[slug] = {"name": entry["name"], "aliases": aliases}
        return self.said[slug]

    def _begin(self, told, slug, entry, before, on):
        is_dated = self._between(entry["listed_on"], before, on)
        day = entry["listed_on"] if is_dated else on
        told.append([day_of(day), "on", entry["programmes"], is_dated and "~" not in day])
        self.spells[slug] = {"told": told[-1], "after": before, "until": on}

    def _correct(self, told, slug, entry):
        spell, day = self.spells[slug], entry["listed_on"]
        if day != spell["listed_on"] and self._between(day, spell["after"], spell["until"]):
            spell["told"][0], spell["told"][3] = day_of(day), "~" not in day

    @staticmethod
    def _between(day, before, until):
        return day is not None and (before is None or day_of(before) < day_of(day)) and day_of(day) <= day_of(until)

    def measure(self, slug, on):
        """Whether it is in force on that day, and under which programmes."""
        status, programmes = "none", None
        for day, what, value, _ in sorted(self.measures[slug], key=lambda told: told[0]):
            if day <= on:
                status = {"on": "in_force", "off": "lifted"}.get(what, status)
                programmes = programmes if value is None else value
        return status, programmes

    def is_exact(self, slug):
        """Whether the day since which it stands as it does is known exactly: all that is told of that day has to be.

        None where the last day changed a programme and changed it back: the order of a list may be another one since.
        """
        last = max(day for day, *_ in self.measures[slug])
        if self.measure(slug, last) == self.measure(slug, last - timedelta(days=1)):
            return None
        return all(exact for day, _, _, exact in self.measures[slug] if day == last)

    def actor(self, slug, on):
        """Name and aliases on that day."""
        return [told[1:] for told in sorted(self.actors[slug], key=lambda told: told[0]) if told[0] <= on][-1]
