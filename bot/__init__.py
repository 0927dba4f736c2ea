"""The core of Intervision: rules, use-cases, engines and the neutral user interface."""
