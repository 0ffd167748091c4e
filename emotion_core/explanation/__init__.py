"""Where in a face an emotion is read: attribution methods and the mask explainer."""
