"""What `intervision new` writes into a clone: the files of the guides, as small as they can be and green at once."""
