"""Drawings: pure functions from states to SVG, each with a title, a description, and words that a table says too.

Where places are given in percent, a drawing is as wide as there is room, and its words keep their size. Colours and
strokes are in the stylesheet, by class: the policy of the pages forbids `style=`.
"""
