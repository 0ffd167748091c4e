"""What hides parts of a face, painted by ourselves so that it is known which parts."""
