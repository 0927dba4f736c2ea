"""`intervision demo`: a clinic of ten demo people on a virtual clock, in the browser or as a printed story."""
