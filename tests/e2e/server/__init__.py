"""The real `intervision serve`, started, killed and started again, with people at plain browsers in front of it."""
