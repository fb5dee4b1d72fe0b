"""Reports: the items each counts (one file a family), drawn as figures and as lists of accounts."""
