"""What a teacher says of the shape of the faces of a data set."""
