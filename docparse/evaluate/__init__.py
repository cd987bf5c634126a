"""What a system's output is worth against ground truth: ``docparse eval``.

``cases`` (truth, in whatever form) and ``systems`` (outputs, from whatever made them) meet in ``score``, page by
page; ``summary`` takes the means, ``worst`` draws what went worst. The measures are pure functions, one file a
subject: ``textual``, ``tables``, ``ordering``, ``places``, ``formulas``, ``chemistry``, ``music``.
"""
