"""The web channel: the widget's JSON interface, the widget's files, and the pages of the law texts."""
