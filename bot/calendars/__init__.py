"""Dates from outside the rules: public holidays, recurrence rules, iCalendar."""
