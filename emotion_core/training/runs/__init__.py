"""The folders of training runs: origin, status, metrics, masks."""
