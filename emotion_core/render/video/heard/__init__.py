"""What is heard, in the annotated video: lanes that run under the picture, and the line said."""
