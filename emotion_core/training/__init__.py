"""Data sets, augmentation, Lightning modules, evaluation; needs requirements-train.txt."""
