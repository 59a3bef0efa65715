"""The ledger held against an independent reading of the law (docs: the page on the domain).

`model` folds, `validity` refuses what no state could make right, `views` answers about actors, chains and dyads: the
plainest code that says it. `histories` makes up what is posted. `test_model` tests the model, `test_law` the product.
"""
