"""The path of a clip, stage by stage and as a whole, beside other ways."""
