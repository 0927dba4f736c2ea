"""The rotation: rules, optimum, shortages, repair, explanation."""
