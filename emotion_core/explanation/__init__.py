"""Why a face is read as it is: attribution methods behind one interface, and how good they are."""
