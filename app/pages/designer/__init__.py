"""The designer: the pages on which a draft is drawn, edited and published."""
