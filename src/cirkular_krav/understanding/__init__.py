"""What a Swedish requirement tells about itself: one small module and one pure function for each thing.

``text`` is always the cleaned text of one requirement (``text.clean`` has run: NFKC, one line). Nothing here knows
the catalogue, and nothing here reads another document. The labelled cases stand in ``tests/understanding/cases``.
"""
