"""Training, calibrating and evaluating classifiers."""
