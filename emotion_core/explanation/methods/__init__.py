"""Attribution methods behind one interface."""
